package manifest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A Reader reads files of manifests, and the files that these name.
type Reader struct {
	// Vars are what ${NAME} stands for; the process's own environment is never
	// looked at.
	Vars map[string]string
	// Open gives the text of a file that a manifest names: from is the file that
	// names it, path is as written there. The name that comes back is the file's
	// in messages. Nil is a reader of manifests that name none.
	Open func(from, path string) (name string, text []byte, err error)
}

// Parse reads a file with one workflow that names no other file. file names it
// in messages. All mistakes come back at once, joined; notes are remarks that
// stop nothing. With mistakes, the workflow is what could be read, for those of
// its parts; nil is nothing.
func Parse(file string, text []byte, vars map[string]string) (*Workflow, []plug.Note, error) {
	return Reader{Vars: vars}.One(file, text)
}

// One reads a file with one workflow, as the cloud has them: a file's name is
// that of its workflow, and what the cloud does not do is a mistake.
func (r Reader) One(file string, text []byte) (*Workflow, []plug.Note, error) {
	all, notes, err := r.All(file, text)
	if len(all) == 0 {
		return nil, notes, err
	}
	if len(all) > 1 {
		err = errors.Join(err, fault.Errorf(fault.Refused, "%s holds %d workflows", file, len(all)).At(all[1].Pos).
			WithHint("put each into a file of its own, named as it is"))
	}
	return all[0], notes, errors.Join(append([]error{err}, all[0].Undeployable...)...)
}

// All reads the workflows of a file: one, or several documents, or a bundle of
// them. Each comes after those that it depends on.
func (r Reader) All(file string, text []byte) ([]*Workflow, []plug.Note, error) {
	docs, src, err := read(file, text, r.Vars)
	if err != nil {
		return nil, src.notes, err
	}
	d := &decoder{source: src, notes: src.notes, mistakes: src.mistakes, open: r.Open, vars: r.Vars}
	all := d.documents(docs)
	for i, w := range all {
		for _, other := range all[:i] {
			if w.Name != "" && w.Name == other.Name {
				d.invalid(w.Pos, "the other is in line "+itoa(other.Pos.Line), "two workflows are called %s", w.Name)
			}
		}
	}
	d.mistakes = slices.DeleteFunc(d.mistakes, func(err error) bool {
		if p := at(err); d.idle[p] {
			var e *fault.Error
			errors.As(err, &e)
			d.note(p, "", "%s; it has no effect", e.Err)
			return true
		}
		return false
	})
	inText := func(a, b fault.Pos) int {
		return cmp.Or(first(file, a)-first(file, b), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	}
	slices.SortStableFunc(d.notes, func(a, b plug.Note) int { return inText(a.Pos, b.Pos) })
	slices.SortStableFunc(d.mistakes, func(a, b error) int { return inText(at(a), at(b)) })
	return all, d.notes, errors.Join(d.mistakes...)
}

// first puts what is about the file itself before what is about others.
func first(file string, p fault.Pos) int {
	if p.File == file || p.File == "" {
		return 0
	}
	return 1
}

func at(err error) fault.Pos {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Pos
	}
	return fault.Pos{}
}

// documents reads the documents of a file. Beside workflows there may be what
// describes the world that they run in.
func (d *decoder) documents(docs []plug.Raw) []*Workflow {
	var all []*Workflow
	for _, doc := range docs {
		kind := strings.ToLower(strings.TrimSpace(doc.Get("type").Text))
		switch {
		case kind == "bundle":
			all = append(all, d.bundle(doc)...)
		case len(docs) > 1 && kind != "" && doc.Get("workflow").Shape == plug.Absent && plug.Nearest(kind, []string{"workflow"}) == "":
			d.note(doc.Pos, "", "the %s %s is not read: only workflows run here", kind, doc.Get("name").Text)
		default:
			all = append(all, d.workflow(doc))
		}
	}
	if len(all) == 0 && len(d.mistakes) == 0 && len(docs) > 0 {
		d.invalid(docs[0].Pos, "", "the file holds no workflow")
	}
	return all
}
