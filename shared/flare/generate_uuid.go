package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// generateUUID adds random identifiers.
var generateUUID = Function{plug.Spec{
	Name: "generate_uuid",
	Doc:  "Adds a random UUID to every row: another one in every run.",
	Fields: []plug.Field{
		{Name: "asColumn", Aliases: []string{"column"}, Type: plug.Text, Required: true, Doc: "The identifier."},
	},
}, func(f *frame) string { return f.with(f.as(""), "uuid()") }}
