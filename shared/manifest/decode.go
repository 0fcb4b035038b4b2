package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// A decoder gathers what is wrong, and what is worth a remark, while it reads.
type decoder struct {
	source   *source
	notes    []plug.Note
	mistakes []error
	saw      func(r plug.Raw, is Attribute) // of a value, how it is read: for [Language]

	vars    map[string]string
	open    func(from, path string) (string, []byte, error) // see [Reader]
	within  []string                                        // the files that are being read, outermost first
	fetched int
	flow    *Workflow          // that is being read
	idle    map[fault.Pos]bool // values that were not filled in, and of which nothing comes
}

// see tells how a value is read to whoever wants to know the language.
func (d *decoder) see(r plug.Raw, is Attribute) {
	if d.saw != nil {
		d.saw(r, is)
	}
}

// An attribute is one that a mapping may have: what it is called, and either
// how it is read, or why it is noted or refused.
type attribute struct {
	name    string
	aliases []string
	read    func(r plug.Raw)
	accept  string // it has no meaning here, because …
	refuse  string // it is not supported; do this instead
}

// attributes reads a mapping by its table.
func (d *decoder) attributes(what string, r plug.Raw, table []attribute) {
	d.see(r, Attribute{Attributes: described(table)})
	r = mapped(r)
	if r.Shape != plug.Mapping {
		if r.Shape != plug.Absent {
			d.invalid(r.Pos, "", "%s: want a mapping", what)
		}
		return
	}
	for _, e := range r.Entries {
		a := find(table, e.Name)
		switch {
		case a == nil:
			d.unused(e.Value)
			d.unknown(what, r.Entries, e, table)
		case e.Value.Shape == plug.Absent: // empty is the same as absent
		case a.refuse != "":
			d.refused(e.Pos, a.refuse, "%s.%s is not supported", what, a.name)
		case a.accept != "":
			d.unused(e.Value)
			d.note(e.Pos, "", "%s.%s has no effect: %s", what, a.name, a.accept)
		case a.read != nil:
			a.read(e.Value)
		}
	}
}

// mapped is a list of mappings with one attribute each as the mapping that it
// stands for; anything else as it is.
func mapped(r plug.Raw) plug.Raw {
	m := plug.Raw{Shape: plug.Mapping, Pos: r.Pos}
	for _, it := range r.Items {
		if it.Shape != plug.Mapping || len(it.Entries) != 1 {
			return r
		}
		m.Entries = append(m.Entries, it.Entries[0])
	}
	if len(m.Entries) == 0 {
		return r
	}
	return m
}

// unused notes that nothing comes of a value: what was not filled in there does
// not matter.
func (d *decoder) unused(r plug.Raw) {
	if d.source.unfilled[r.Pos] {
		if d.idle == nil {
			d.idle = map[fault.Pos]bool{}
		}
		d.idle[r.Pos] = true
	}
	for _, it := range r.Items {
		d.unused(it)
	}
	for _, e := range r.Entries {
		d.unused(e.Value)
	}
}

func find(table []attribute, name string) *attribute {
	for i := range table {
		if strings.EqualFold(table[i].name, name) {
			return &table[i]
		}
		for _, alias := range table[i].aliases {
			if strings.EqualFold(alias, name) {
				return &table[i]
			}
		}
	}
	return nil
}

func (d *decoder) unknown(what string, entries []plug.Entry, e plug.Entry, table []attribute) {
	names := make([]string, len(table))
	for i, a := range table {
		names[i] = a.name
	}
	hint, near := "", plug.Nearest(e.Name, names)
	if near != "" {
		hint = "did you mean " + near + "?"
	}
	d.note(e.Pos, hint, "%s.%s is unknown and has no effect", what, e.Name)
	if hint != "" {
		d.edit(plug.Rename(entries, e, near))
	}
}

func (d *decoder) note(p fault.Pos, hint, format string, args ...any) {
	n := plug.Note{Pos: p, Message: fmt.Sprintf(format, args...), Hint: hint}
	if hint != "" {
		n.Message += "; " + hint
	}
	d.notes = append(d.notes, n)
}

// edit says what a program can do about what was just noted.
func (d *decoder) edit(e plug.Edit) { d.notes[len(d.notes)-1].Edit = e }

func (d *decoder) invalid(p fault.Pos, hint, format string, args ...any) {
	d.mistake(fault.Invalid, p, hint, format, args...)
}

func (d *decoder) refused(p fault.Pos, hint, format string, args ...any) {
	d.mistake(fault.Refused, p, hint, format, args...)
}

func (d *decoder) mistake(k fault.Kind, p fault.Pos, hint, format string, args ...any) {
	e := fault.Errorf(k, format, args...).At(p)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	d.add(e)
}

// undeployable keeps what the cloud does not do and a try does.
func (d *decoder) undeployable(p fault.Pos, hint, format string, args ...any) {
	if d.flow != nil {
		d.flow.Undeployable = append(d.flow.Undeployable, fault.Errorf(fault.Refused, format, args...).At(p).WithHint("%s", hint))
	}
}

// add keeps a mistake, unless its value is not the one that was meant anyway.
func (d *decoder) add(e *fault.Error) {
	if !d.source.unfilled[e.Pos] {
		d.mistakes = append(d.mistakes, e)
	}
}

// into reads a plain value as text.
func (d *decoder) into(what string, field *string) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.Text})
		if r.Shape != plug.Scalar {
			d.invalid(r.Pos, "", "%s: want a plain value", what)
			return
		}
		*field = r.Text
	}
}

// intoWord reads a name that is compared without case, in small letters.
func (d *decoder) intoWord(what string, field *string, pos *fault.Pos) func(plug.Raw) {
	return func(r plug.Raw) {
		*pos = r.Pos
		d.into(what, field)(r)
		*field = strings.ToLower(strings.TrimSpace(*field))
	}
}

func (d *decoder) intoBool(what string, field *bool) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.Bool})
		b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(r.Text)))
		if r.Shape != plug.Scalar || err != nil {
			d.invalid(r.Pos, "write true or false", "%s: %q is not a boolean", what, r.Text)
			return
		}
		*field = b
	}
}

func (d *decoder) intoInt(what string, field *int) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.Int})
		n, err := strconv.Atoi(strings.TrimSpace(r.Text))
		if r.Shape != plug.Scalar || err != nil || n < 0 {
			d.invalid(r.Pos, "", "%s: %q is not a whole number", what, r.Text)
			return
		}
		*field = n
	}
}

// intoList reads a list of plain values; one alone is a list of one.
func (d *decoder) intoList(what string, field *[]string) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.List})
		items := r.Items
		if r.Shape == plug.Scalar {
			items = []plug.Raw{r}
		}
		for _, it := range items {
			if it.Shape != plug.Scalar {
				d.invalid(it.Pos, "", "%s: want a list of plain values", what)
				continue
			}
			*field = append(*field, it.Text)
		}
	}
}

// intoEnum reads one of the values, compared without case.
func (d *decoder) intoEnum(what string, field *string, values ...string) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.Enum, Values: values})
		for _, v := range values {
			if strings.EqualFold(v, strings.TrimSpace(r.Text)) {
				*field = v
				return
			}
		}
		hint := "one of " + strings.Join(values, ", ")
		if near := plug.Nearest(r.Text, values); near != "" {
			hint = "did you mean " + near + "?"
		}
		d.invalid(r.Pos, hint, "%s: unknown value %q", what, r.Text)
	}
}

// uri recognises what is named without a depot: a path, or files of a cloud.
var uri = regexp.MustCompile(`^(?:/|\./|(?i:gs|gcs|s3|s3a|s3n|abfss?|wasbs?|hdfs|file)://)`)

// local says that the cloud does not see the files of whoever wrote the manifest.
func (d *decoder) local(p fault.Pos, what, path string) {
	scheme, _, remote := strings.Cut(strings.ToLower(path), "://")
	switch {
	case !remote || scheme == "file":
		d.undeployable(p, "put the files into a bucket, as gs://BUCKET/path; glint try --depots DIR takes files here",
			"%s: %s is a path of the machine that the manifest was written on", what, path)
	case strings.HasPrefix(scheme, "s3"), scheme == "hdfs":
		d.undeployable(p, "put the files into Cloud Storage (gs://) or Azure (abfss://); glint try --depots DIR takes files here", "%s: %s:// is not reached", what, scheme)
	}
}

// intoAddress reads a UDL or, as in manifests for standalone Flare, a path.
func (d *decoder) intoAddress(what string, field *udl.Address, pos *fault.Pos) func(plug.Raw) {
	return func(r plug.Raw) {
		d.see(r, Attribute{Type: plug.Text})
		*pos = r.Pos
		text := strings.TrimSpace(r.Text)
		if uri.MatchString(text) {
			*field = placed(text)
			d.local(r.Pos, what, text)
			return
		}
		a, err := udl.Parse(text)
		if err != nil {
			d.add(&fault.Error{Kind: fault.KindOf(err), Pos: r.Pos, Err: fmt.Errorf("%s: %w", what, err)})
			return
		}
		*field = a
	}
}

// items reads a list of mappings; one mapping alone is a list of one.
func (d *decoder) items(what string, r plug.Raw, read func(plug.Raw)) {
	d.see(r, Attribute{Many: true})
	switch r.Shape {
	case plug.Mapping:
		read(r)
	case plug.Sequence:
		for _, it := range r.Items {
			read(it)
		}
	case plug.Scalar:
		d.invalid(r.Pos, "", "%s: want a list", what)
	}
}

var (
	resourceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	viewName     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// checkResource checks the name of a workflow or a job.
func (d *decoder) checkResource(what, name string, p fault.Pos) {
	switch {
	case name == "":
		d.invalid(p, "", "%s has no name", what)
	case !resourceName.MatchString(name):
		fixed := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-"), "-")
		d.invalid(p, "write "+fixed, "%s: the name %q is not small letters, digits and hyphens", what, name)
	case len(name) > 48:
		d.invalid(p, "", "%s: the name %q has %d characters; 48 are allowed", what, name, len(name))
	case len(name) > 30:
		d.note(p, "", "%s: the name %q has %d characters; DataOS advises at most 30", what, name, len(name))
	case name[0] <= '9':
		d.note(p, "", "%s: the name %q begins with a digit; DataOS advises a letter", what, name)
	}
}

// checkView checks a name by which SQL reads rows.
func (d *decoder) checkView(what, name string, p fault.Pos) {
	switch {
	case name == "":
		d.invalid(p, "", "%s has no name", what)
	case !viewName.MatchString(name):
		d.invalid(p, "use letters, digits and underscores", "%s: the name %q cannot be used in SQL", what, name)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
