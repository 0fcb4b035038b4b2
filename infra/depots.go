package infra

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/udl"
	"github.com/glint-data/glint/shared/workflow"
)

// A Depot is what Terraform must know of a depot: where it is, who is let in
// and what the workflows do with it.
type Depot struct {
	Name    string     `json:"name"`
	Type    depot.Type `json:"type"`
	Bucket  string     `json:"bucket"`  // of a GCS depot
	Project string     `json:"project"` // of a BIGQUERY depot
	Read    bool       `json:"read"`    // some workflow reads it
	Write   bool       `json:"write"`   // some workflow writes it
	// Datasets of a BIGQUERY depot, by name.
	Datasets []Dataset `json:"datasets"`
	// Temporary buckets that are named for outputs into it.
	Temporary []string `json:"temporary_buckets"`
	// Secrets of Secret Manager that it names.
	Secrets []string `json:"secrets"`
}

// A Dataset is one that workflows address.
type Dataset struct {
	Name  string `json:"name"`
	Write bool   `json:"write"`
}

// Depots reads all manifests under root and returns the depots by name. All
// mistakes come back at once: what cannot be deployed must not be planned.
func Depots(ctx context.Context, store object.Store, root string) ([]Depot, error) {
	r := reader{ctx: ctx, store: store, root: root, depots: map[string]*Depot{}}
	r.each("depots", r.depot)
	schedules := map[string]manifest.Override{}
	if text, err := r.read(root + "/schedules.yaml"); err == nil {
		schedules, err = manifest.ParseSchedules("schedules.yaml", text)
		r.wrong(err)
	} else if !errors.Is(err, fault.NotFound) {
		r.wrong(err)
	}
	r.each("workflows", func(file string, text []byte) {
		r.workflow(file, text, schedules[strings.TrimSuffix(file, ".yaml")].Variables)
	})
	all := []Depot{}
	for _, d := range r.depots {
		for _, list := range []*[]string{&d.Temporary, &d.Secrets} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		slices.SortFunc(d.Datasets, func(a, b Dataset) int { return cmp.Compare(a.Name, b.Name) })
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Depot) int { return cmp.Compare(a.Name, b.Name) })
	return all, errors.Join(r.mistakes...)
}

type reader struct {
	ctx      context.Context
	store    object.Store
	root     string
	depots   map[string]*Depot
	mistakes []error
}

func (r *reader) wrong(err error) {
	if err != nil {
		r.mistakes = append(r.mistakes, err)
	}
}

// each calls f with every manifest of a folder.
func (r *reader) each(folder string, f func(file string, text []byte)) {
	for a, err := range r.store.List(r.ctx, r.root+"/"+folder+"/", "") {
		if err != nil {
			r.wrong(err)
			return
		}
		if path.Ext(a.URI) != ".yaml" || strings.HasSuffix(a.URI, ".test.yaml") || strings.Contains(a.URI[len(r.root+"/"+folder+"/"):], "/") {
			continue // a manifest's tests, and files that one names, are none
		}
		text, err := r.read(a.URI)
		if err != nil {
			r.wrong(err)
			continue
		}
		f(path.Base(a.URI), text)
	}
}

func (r *reader) read(uri string) ([]byte, error) {
	body, attrs, err := r.store.Open(r.ctx, uri, object.Range{})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if attrs.Size > manifest.MaxSize {
		return nil, fault.Errorf(fault.Invalid, "%s has %d bytes; a manifest may have %d", uri, attrs.Size, manifest.MaxSize)
	}
	return io.ReadAll(body)
}

func (r *reader) depot(file string, text []byte) {
	m, _, err := depot.ParseManifest(file, text)
	switch {
	case err != nil:
		r.wrong(err)
		return
	case m.Type == depot.File:
		r.wrong(fault.Errorf(fault.Refused, "depot %s is of type FILE: a deployed service does not read its own files", m.Name).At(m.Pos).
			WithHint("keep it in the folder of a laptop; what is deployed needs a bucket"))
		return
	case m.Name+".yaml" != file:
		r.wrong(fault.Errorf(fault.Invalid, "depot %q is in the file %s, where no run looks for it", m.Name, file).At(m.Pos).
			WithHint("name the file %s.yaml", m.Name))
		return
	}
	d := &Depot{Name: m.Name, Type: m.Type, Bucket: m.Spec["bucket"], Project: m.Spec["project"], Datasets: []Dataset{}, Temporary: []string{}, Secrets: []string{}}
	d.Secrets = append(d.Secrets, m.SecretNames()...)
	if b := bucket(m.Spec["temporaryBucket"]); b != "" {
		d.Temporary = append(d.Temporary, b)
	}
	r.depots[m.Name] = d
}

func (r *reader) workflow(file string, text []byte, vars map[string]string) {
	w, _, err := workflow.Beside(r.ctx, r.store, r.root, vars).One(file, text)
	if err != nil {
		r.wrong(err)
		return
	}
	for _, job := range w.Jobs {
		for _, in := range job.Inputs {
			r.use(in.Dataset, false, in.DatasetPos)
		}
		for _, out := range job.Outputs {
			d := r.use(out.Dataset, true, out.DatasetPos)
			if d == nil {
				continue
			}
			for _, named := range []string{out.Options.Get("bigquery").Get("temporaryBucket").Text, out.Options.Get("temporaryGcsBucket").Text} {
				if b := bucket(named); b != "" {
					d.Temporary = append(d.Temporary, b)
				}
			}
		}
	}
}

// use notes that an address is read or written.
func (r *reader) use(a udl.Address, write bool, at fault.Pos) *Depot {
	name := a.Depot
	if a.Direct {
		m, err := depot.Unnamed(a)
		if err != nil {
			r.wrong(&fault.Error{Kind: fault.KindOf(err), Pos: at, Err: err})
			return nil
		}
		if name = m.Name; r.depots[name] == nil {
			r.depots[name] = &Depot{Name: name, Type: m.Type, Bucket: m.Spec["bucket"], Project: m.Spec["project"], Datasets: []Dataset{}, Temporary: []string{}, Secrets: []string{}}
		}
	}
	d := r.depots[name]
	if d == nil {
		r.wrong(fault.Errorf(fault.NotFound, "there is no depot %q that can be deployed", a.Depot).At(at).WithHint("describe it in depots/%s.yaml", a.Depot))
		return nil
	}
	d.Read, d.Write = d.Read || !write, d.Write || write
	if d.Type == depot.BigQuery {
		i := slices.IndexFunc(d.Datasets, func(s Dataset) bool { return s.Name == a.Collection })
		if i < 0 {
			i, d.Datasets = len(d.Datasets), append(d.Datasets, Dataset{Name: a.Collection})
		}
		d.Datasets[i].Write = d.Datasets[i].Write || write
	}
	return d
}

// bucket is the bucket of a name, a URI, or a URI with a prefix.
func bucket(s string) string {
	b, _, _ := strings.Cut(strings.TrimPrefix(s, "gs://"), "/")
	return b
}
