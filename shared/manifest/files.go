package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// mostFiles bounds how many files a manifest may name, and theirs.
const mostFiles = 100

// fetch gets the text of a file that the manifest names. It says what is wrong.
func (d *decoder) fetch(what string, r plug.Raw) (name string, text []byte, ok bool) {
	var file string
	d.into(what, &file)(r)
	if file = strings.TrimSpace(file); file == "" || d.saw != nil {
		return "", nil, false
	}
	if d.open == nil {
		d.refused(r.Pos, "name it from a file, not from standard input", "%s: %s cannot be looked for", what, file)
		return "", nil, false
	}
	if d.fetched++; d.fetched > mostFiles {
		d.invalid(r.Pos, "", "%s: the manifest names more than %d files", what, mostFiles)
		return "", nil, false
	}
	name, text, err := d.open(d.source.file, file)
	if err != nil {
		e := fault.Errorf(fault.KindOf(err), "%s: %w", what, err).At(r.Pos)
		d.add(e)
		return "", nil, false
	}
	if slices.Contains(d.within, name) || name == d.source.file {
		d.invalid(r.Pos, "", "%s: %s is named from within itself", what, file)
		return "", nil, false
	}
	return name, text, true
}

// named reads the YAML of a file that the manifest names.
func (d *decoder) named(what string, r plug.Raw, read func(docs []plug.Raw)) {
	name, text, ok := d.fetch(what, r)
	if !ok {
		return
	}
	d.below(name, text, read)
}

// below reads a file while another is being read.
func (d *decoder) below(name string, text []byte, then func(docs []plug.Raw)) {
	docs, src, err := read(name, text, d.vars)
	d.notes = append(d.notes, src.notes...)
	if err != nil {
		d.mistakes = append(d.mistakes, fault.Each(err)...)
		return
	}
	d.mistakes = append(d.mistakes, src.mistakes...)
	outer := d.source
	d.source, d.within = src, append(d.within, outer.file)
	then(docs)
	d.source, d.within = outer, d.within[:len(d.within)-1]
}

// query is the text of a file as the SQL of a step: each part of it stands where
// it does in that file.
func (d *decoder) query(name string, text []byte) Text {
	value := strings.TrimSuffix(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	t := Text{file: name}
	line := 1
	t.marks = []mark{{line: 1, column: 1}}
	for i := range len(value) {
		if value[i] == '\n' {
			line++
			t.marks = append(t.marks, mark{offset: i + 1, line: line, column: 1})
		}
	}
	_, edits := substitute(value, d.vars)
	if len(edits) > 0 {
		t.marks = move(t.marks, value, edits)
		var b strings.Builder
		at := 0
		for _, e := range edits {
			b.WriteString(value[at:e.from] + e.with)
			at = e.to
		}
		value = b.String() + value[at:]
	}
	t.Value = value
	return t
}

// Places are where a file may lie that another names, with slashes: where the
// path leads from that file; or, as paths are often written from another folder
// or on another machine, where an end of it does.
func Places(from, name string) []string {
	dir := path.Dir(from)
	all := []string{path.Clean(name)}
	if !path.IsAbs(name) {
		all[0] = path.Join(dir, name)
		if name = path.Clean(name); strings.HasPrefix(name, "../") {
			return all
		}
	}
	parts := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	for i := range parts {
		all = append(all, path.Join(append([]string{dir}, parts[i:]...)...))
	}
	return all
}
