//go:build !windows

package main

import (
	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/reference"
	"github.com/glint-data/glint/shared/setup"
)

// language is what manifests can say to the service.
func language() reference.Language {
	var guards []plug.Spec
	for _, g := range setup.Guards {
		guards = append(guards, g.Spec())
	}
	return reference.New([]plug.Spec{new(bigquery.Writer).Spec()}, guards)
}

func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "docs",
		Short: "Print the reference of manifests, as Markdown",
		Long:  "Prints every attribute, format, option and function, from what decodes and checks manifests.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return language().Page(cmd.OutOrStdout())
		},
	}
}

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of manifests, for editors",
		Long: "Prints a JSON Schema with which editors complete and check manifests while they are written:\n\n" +
			"  glint schema > .glint/workflow.schema.json\n\n" +
			"and on top of a manifest, for VS Code's YAML extension, Neovim and others with its language server:\n\n" +
			"  # yaml-language-server: $schema=../.glint/workflow.schema.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := language().Schema()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
