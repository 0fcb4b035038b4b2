package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// Digest is the SHA-256 of a manifest's text, in hexadecimal.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// read makes the positioned trees of a text's YAML documents. The source is there
// whatever is wrong.
func read(file string, text []byte, vars map[string]string) ([]plug.Raw, *source, error) {
	src := &source{file: file, text: text, vars: vars, written: map[fault.Pos]string{}, unfilled: map[fault.Pos]bool{}}
	if len(text) > MaxSize {
		return nil, src, fault.Errorf(fault.Invalid, "%s has %d bytes; a manifest may have %d", file, len(text), MaxSize)
	}
	nodes, err := documents(src)
	if err != nil && src.untab() {
		if again, err2 := documents(src); err2 == nil {
			nodes, err = again, nil
			p := fault.Pos{File: file, Line: src.tabbed, Column: 1}
			if len(src.tabs) > 0 {
				src.note(p, "tabs indent this file; each is read as two spaces", "indent with spaces")
				src.notes[len(src.notes)-1].Edit = plug.Edit{Old: "\t", New: "  "}
			} else {
				src.note(p, "no-break spaces indent this file; each is read as a space", "indent with spaces")
				src.notes[len(src.notes)-1].Edit = plug.Edit{Old: "\u00a0", New: " "}
			}
		}
	}
	if err != nil {
		return nil, src, err
	}
	c := converter{source: src}
	var docs []plug.Raw
	for _, n := range nodes {
		docs = append(docs, c.value(n, 0))
	}
	if c.nodes > maxNodes { // what was read is only a part
		return nil, src, errors.Join(c.mistakes...)
	}
	src.mistakes = c.mistakes
	return docs, src, nil
}

// mostDocuments bounds the documents of one text.
const mostDocuments = 100

// documents parses the documents of a text.
func documents(src *source) ([]*yaml.Node, error) {
	if err := encoding(src); err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(src.text))
	var all []*yaml.Node
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF) && all == nil:
			return nil, &fault.Error{Kind: fault.Invalid, Err: errEmpty, Pos: fault.Pos{File: src.file, Line: 1, Column: 1}}
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, syntax(src, err)
		case len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null": // --- with nothing behind it
		case len(all) == mostDocuments:
			return nil, fault.Errorf(fault.Invalid, "the file has more than %d documents", mostDocuments).At(src.pos(doc.Content[0].Line, doc.Content[0].Column))
		default:
			all = append(all, doc.Content[0])
		}
	}
}

var errEmpty = errors.New("the file is empty")

// encoding finds what no YAML may hold; the library does not say where it stands.
func encoding(src *source) error {
	line, column := 1, 1
	for at := 0; at < len(src.text); {
		r, size := utf8.DecodeRune(src.text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fault.Errorf(fault.Invalid, "this is not UTF-8").At(src.pos(line, column)).WithHint("save the file with the encoding UTF-8")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f:
			return fault.Errorf(fault.Invalid, "a control character (%#U) is not allowed", r).At(src.pos(line, column)).WithHint("remove it; in double quotes it may be written as \\x%02x", r)
		case r == '\n':
			line, column = line+1, 0
		}
		at += size
		column++
	}
	return nil
}

var yamlLine = regexp.MustCompile(`line (\d+)(?:, column (\d+))?:?\s*`)

// syntax gives a YAML error its place.
func syntax(src *source, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	p := fault.Pos{File: src.file}
	if m := yamlLine.FindStringSubmatchIndex(msg); m != nil {
		p.Line, _ = strconv.Atoi(msg[m[2]:m[3]])
		if m[4] >= 0 {
			p.Column, _ = strconv.Atoi(msg[m[4]:m[5]])
		}
		msg = msg[:m[0]] + msg[m[1]:]
	}
	e := fault.Errorf(fault.Invalid, "this is not YAML: %s", strings.TrimSpace(msg)).At(p)
	if line := src.line(p.Line); strings.Contains(line, "{{") {
		return e.WithHint("quote the value: {{…}} begins a mapping in YAML")
	}
	switch {
	case strings.Contains(msg, "mapping values are not allowed"):
		return e.WithHint("indent the line as its neighbours are; or quote the value: a colon and a space begin a mapping")
	case strings.Contains(msg, "did not find expected '-' indicator"), strings.Contains(msg, "did not find expected key"), strings.Contains(msg, "block collection"):
		return e.WithHint("indent the line as its neighbours are: what belongs together begins in one column")
	}
	return e
}

// Tree reads any YAML text of ours with one document, such as a depot manifest,
// into a positioned tree. All mistakes of its form come back joined.
func Tree(file string, text []byte) (plug.Raw, []plug.Note, error) {
	docs, src, err := read(file, text, nil)
	if err != nil {
		return plug.Raw{}, src.notes, err
	}
	if len(docs) > 1 {
		return plug.Raw{}, src.notes, fault.Errorf(fault.Refused, "several documents in one file are not supported here").
			At(docs[1].Pos).WithHint("put each one into a file of its own, named as what it describes")
	}
	return docs[0], src.notes, errors.Join(src.mistakes...)
}
