package source

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkcsv"
)

// All is every source, by the format's name in the manifest.
var All = plug.NewSet[Source]("format", CSV{}, JSON{}, Parquet{}, Avro{})

// CSV reads CSV files as Spark does for Flare: header on, the declared schema
// by position, a field that does not fit NULL.
type CSV struct{}

// Spec describes the format.
func (CSV) Spec() plug.Spec {
	return plug.Spec{
		Name: "csv",
		Doc: "Reads CSV files as Spark 3.5 does. Columns are bound to the declared schema by position, the header's names are not looked at; " +
			"a field that does not fit its type is NULL and counted. Without a schema all columns are strings, named by the header.",
		Fields: csvFields,
		Examples: []plug.Example{{
			Doc:  "City names with a population; the second row's is no number.",
			In:   "name,population\nBerlin,3755251\nAtlantis,unknown\n",
			Want: "Berlin,3755251\nAtlantis,\n",
		}},
	}
}

var csvFields = []plug.Field{
	{Name: "header", Aliases: []string{"headers"}, Type: plug.Bool, Default: "true", Doc: "Whether the first line of each file is a header, which is left out."},
	{Name: "delimiter", Aliases: []string{"sep"}, Type: plug.Text, Default: ",", Doc: `What separates fields: one ASCII character, or \t.`},
	{Name: "quote", Type: plug.Char, Default: `"`, Doc: "The quote; empty for none."},
	{Name: "escape", Type: plug.Char, Default: `\`, Doc: "What makes a quote within quotes part of the text; empty for none. Files that double the quote need \"."},
	{Name: "comment", Type: plug.Char, Doc: "Lines that begin with this are left out."},
	{Name: "nullValue", Type: plug.Text, Doc: "A field with this text is NULL, in quotes too; so is an empty one."},
	{Name: "emptyValue", Type: plug.Text, Doc: `What "" reads as. As long as it equals nullValue, which is so by default, that is NULL.`},
	{Name: "mode", Type: plug.Enum, Default: "PERMISSIVE", Values: []string{"PERMISSIVE", "DROPMALFORMED", "FAILFAST"}, Doc: "A row that does not fit: its bad fields NULL, left out, or the run ends."},
	{Name: "multiLine", Type: plug.Bool, Default: "false", Doc: "Whether a quoted field may hold line ends."},
	{Name: "encoding", Aliases: []string{"charset"}, Type: plug.Text, Default: "UTF-8", Doc: "UTF-8, ISO-8859-1 or US-ASCII."},
	{Name: "ignoreLeadingWhiteSpace", Type: plug.Bool, Default: "false", Doc: "Whether white space before a field is left out."},
	{Name: "ignoreTrailingWhiteSpace", Type: plug.Bool, Default: "false", Doc: "Whether white space after a field is left out."},
	{Name: "dateFormat", Type: plug.Text, Doc: "Java pattern of dates. Without it, yyyy-MM-dd and what Spark casts to a date."},
	{Name: "timestampFormat", Type: plug.Text, Doc: "Java pattern of timestamps. Without it, ISO 8601 and what Spark casts to a timestamp."},
	{Name: "timeZone", Type: plug.Text, Default: "UTC", Doc: "The zone of timestamps that name none: Europe/Berlin, +01:00."},
	{Name: "nanValue", Type: plug.Text, Default: "NaN", Doc: "What is not a number."},
	{Name: "positiveInf", Type: plug.Text, Default: "Inf", Doc: "What is infinity; Infinity always is."},
	{Name: "negativeInf", Type: plug.Text, Default: "-Inf", Doc: "What is minus infinity; -Infinity always is."},
	{Name: "inferSchema", Type: plug.Bool, Default: "false", Doc: "Whether, where there is no schema, every record is read first to find the types, as Spark does. Without it all columns are strings."},
	{Name: "enforceSchema", Type: plug.Enum, Default: "true", Values: []string{"true"}, Doc: "The schema is bound by position. A header that differs is noted in the receipt."},
	{Name: "saveMode", Type: plug.Text, Status: plug.Accepted, Doc: "It belongs to an output."},
	{Name: "samplingRatio", Type: plug.Text, Status: plug.Accepted, Doc: "All records are looked at."},
	{Name: "preferDate", Type: plug.Enum, Default: "true", Values: []string{"true"}, Doc: "What looks like a date is inferred to be one."},
	{Name: "maxCharsPerColumn", Type: plug.Text, Status: plug.Accepted, Doc: "A record may have 64 MB."},
	{Name: "maxColumns", Type: plug.Text, Status: plug.Accepted, Doc: "A record may have 20480 fields."},
	{Name: "inputBufferSize", Type: plug.Text, Status: plug.Accepted, Doc: "Buffers are the engine's."},
	{Name: "lineSep", Type: plug.Text, Status: plug.Refused, Doc: "Lines end with LF, CR LF or CR."},
	{Name: "locale", Type: plug.Text, Status: plug.Refused, Doc: "Numbers and months are read as in en-US; convert others in a step."},
	{Name: "charToEscapeQuoteEscaping", Type: plug.Char, Status: plug.Refused, Doc: "The escape escapes itself, as in Spark without this option."},
	{Name: "unescapedQuoteHandling", Type: plug.Text, Status: plug.Refused, Doc: "It is STOP_AT_DELIMITER, Spark's default."},
	{Name: "columnNameOfCorruptRecord", Type: plug.Text, Status: plug.Refused, Doc: "Bad fields are counted in the receipt."},
	{Name: "timestampNTZFormat", Type: plug.Text, Status: plug.Refused, Doc: "Read the column as string and convert it in a step."},
	{Name: "enableDateTimeParsingFallback", Type: plug.Text, Status: plug.Refused, Doc: "Spark's default holds: old forms are read where no pattern is given."},
	{Name: "compression", Aliases: []string{"codec"}, Type: plug.Text, Status: plug.Refused, Doc: "Decompress the files."},
	{Name: "pathGlobFilter", Type: plug.Text, Status: plug.Refused, Doc: "Name a directory that holds only what is to be read."},
	{Name: "recursiveFileLookup", Type: plug.Text, Status: plug.Refused, Doc: "Name the directory that holds the files."},
	{Name: "modifiedBefore", Type: plug.Text, Status: plug.Refused, Doc: "All files of a directory are read."},
	{Name: "modifiedAfter", Type: plug.Text, Status: plug.Refused, Doc: "All files of a directory are read."},
}

// Open lists the files and says how they are read. Of their bytes it looks at
// the header only, and only where there is no schema; at all of them where the
// types are to be inferred.
func (CSV) Open(ctx context.Context, in Input, accepts []relation.Form) (relation.Relation, error) {
	if !slices.Contains(accepts, relation.CSV) {
		return relation.Relation{}, fault.Errorf(fault.Refused, "input %s: the engine does not read csv", in.Name)
	}
	d, err := csvDecode(in.Options)
	if err != nil {
		return relation.Relation{}, err
	}
	if in.Schema != nil {
		if d.Physical, err = in.Schema.Columns(); err != nil {
			return relation.Relation{}, err
		}
	}
	rel := relation.Relation{Name: in.Name, Form: relation.CSV, Rows: -1}
	if rel.Files, err = files(ctx, in.Location); err != nil {
		return relation.Relation{}, err
	}
	for _, f := range rel.Files {
		if ext := strings.ToLower(path.Ext(f.URI)); compressed[ext] {
			return relation.Relation{}, fault.Errorf(fault.Refused, "%s: compressed files (%s) are not supported", f.URI, ext).WithHint("decompress it")
		}
		rel.Bytes += f.Size
	}
	if in.Schema == nil {
		if d.Physical, err = csvHeader(ctx, rel.Files, d); err == nil && in.Options.Bool("inferSchema") {
			d.Physical, err = inferCSV(ctx, rel.Files, d)
		}
		if err != nil {
			return relation.Relation{}, err
		}
	}
	rel.Columns = visible(d.Physical, in.KeepSystem)
	if len(rel.Columns) == 0 {
		return relation.Relation{}, fault.Errorf(fault.Invalid, "input %s: all its columns are system columns", in.Name).WithHint("set the variable keepSystemColumns to keep them")
	}
	if _, err := sparkcsv.New(d.Physical, d); err != nil {
		return relation.Relation{}, err
	}
	rel.Decode = d
	return rel, nil
}

// compressed are the endings by which Hadoop knows a codec.
var compressed = map[string]bool{".gz": true, ".bz2": true, ".zst": true, ".deflate": true, ".snappy": true, ".lz4": true}

// csvDecode takes the options in force.
func csvDecode(o plug.Args) (relation.CSVDecode, error) {
	d := relation.CSVDecode{
		Header: o.Bool("header"), Delimiter: o.Text("delimiter"), NullValue: o.Text("nullValue"), EmptyValue: o.Text("emptyValue"), Mode: relation.CSVMode(o.Text("mode")),
		MultiLine: o.Bool("multiLine"), TrimLeft: o.Bool("ignoreLeadingWhiteSpace"), TrimRight: o.Bool("ignoreTrailingWhiteSpace"), Encoding: o.Text("encoding"),
		TimestampFormat: o.Text("timestampFormat"), DateFormat: o.Text("dateFormat"), NaN: o.Text("nanValue"), PosInf: o.Text("positiveInf"), NegInf: o.Text("negativeInf"), TimeZone: o.Text("timeZone"),
	}
	for name, to := range map[string]*byte{"quote": &d.Quote, "escape": &d.Escape, "comment": &d.Comment} {
		switch s := o.Text(name); {
		case len(s) == 1:
			*to = s[0]
		case s != "":
			return d, fault.Errorf(fault.Refused, "csv option %s: %q is not one ASCII character", name, s).At(o[name].Pos)
		}
	}
	// The reader itself says what it does not take, before anything is listed.
	_, err := sparkcsv.New([]relation.Column{{Name: "_", Type: relation.Of(relation.String)}}, d)
	return d, placed(o, err)
}

// placed gives the reader's error the place of the option that it names.
func placed(o plug.Args, err error) error {
	var e *fault.Error
	if !errors.As(err, &e) || !e.Pos.IsZero() {
		return err
	}
	for name, v := range o {
		if o.Has(name) && (strings.Contains(e.Err.Error(), "option "+name+":") || name == "delimiter" && strings.Contains(e.Err.Error(), "option sep:")) {
			return e.At(v.Pos)
		}
	}
	return err
}

// visible leaves out the columns that the platform added.
func visible(cols []relation.Column, keep bool) []relation.Column {
	if keep {
		return cols
	}
	var seen []relation.Column
	for _, c := range cols {
		if !strings.HasPrefix(c.Name, "__") {
			seen = append(seen, c)
		}
	}
	return seen
}

// csvHeader makes string columns of the first header that the files have.
func csvHeader(ctx context.Context, files []relation.File, d relation.CSVDecode) ([]relation.Column, error) {
	for _, f := range files {
		names, err := namesIn(ctx, f, d)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			continue // a file of blank lines
		}
		cols := make([]relation.Column, len(names))
		for i, name := range names {
			cols[i] = relation.Column{Name: name, Type: relation.Of(relation.String), Nullable: true}
		}
		return cols, nil
	}
	return nil, fault.Errorf(fault.Invalid, "%s: no line in any of %d files to name the columns", files[0].URI, len(files)).WithHint("declare a schema with schemaPath")
}
