package bigquerytest

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

type datasetKey struct{ project, dataset string }

func (k datasetKey) String() string { return k.project + ":" + k.dataset }

type dataset struct{ meta *bq.Dataset }

var (
	datasetFields = []string{
		"datasetReference", "description", "friendlyName", "labels", "location", "access", "etag", "id", "kind", "selfLink", "creationTime", "lastModifiedTime", "type",
		"defaultTableExpirationMs", "defaultEncryptionConfiguration", "maxTimeTravelHours", "isCaseInsensitive", "storageBillingModel", "resourceTags",
	}
	datasetID = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
)

func (s *Server) insertDataset(w http.ResponseWriter, r *http.Request) error {
	d := new(bq.Dataset)
	if _, err := body(r, d, "dataset", datasetFields...); err != nil {
		return err
	}
	if d.DatasetReference == nil || !named(datasetID, d.DatasetReference.DatasetId) {
		return invalid("Invalid dataset ID %q. Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.", ref(d.DatasetReference).DatasetId)
	}
	if d.IsCaseInsensitive {
		return refuse("dataset.isCaseInsensitive")
	}
	k := datasetKey{r.PathValue("project"), d.DatasetReference.DatasetId}
	d.DatasetReference.ProjectId = k.project
	d.Location = place(cmp.Or(d.Location, s.opt.Location))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.datasets[k] != nil {
		return duplicate("Dataset %s", k)
	}
	d.Kind, d.Id, d.Type = "bigquery#dataset", k.String(), "DEFAULT"
	d.CreationTime = s.opt.Now().UnixMilli()
	s.datasets[k] = &dataset{}
	s.datasets[k].set(d, d.CreationTime)
	return reply(w, r, d)
}

// set makes d the dataset's state; s.mu is held.
func (ds *dataset) set(d *bq.Dataset, now int64) {
	d.LastModifiedTime, d.Etag = now, ""
	d.Etag = etag(d)
	ds.meta = d
}

func (s *Server) getDataset(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	d, err := s.dataset(keyOfDataset(r))
	var m *bq.Dataset
	if err == nil {
		m = d.meta
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return reply(w, r, m)
}

func (s *Server) patchDataset(w http.ResponseWriter, r *http.Request) error {
	return s.changeDataset(w, r, true)
}

func (s *Server) updateDataset(w http.ResponseWriter, r *http.Request) error {
	return s.changeDataset(w, r, false)
}

func (s *Server) changeDataset(w http.ResponseWriter, r *http.Request, patch bool) error {
	next := new(bq.Dataset)
	keys, err := body(r, next, "dataset", datasetFields...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.dataset(keyOfDataset(r))
	if err != nil {
		return err
	}
	if err := match(r, d.meta.Etag); err != nil {
		return err
	}
	if patch {
		next = new(bq.Dataset)
		if err := merge(d.meta, keys, next); err != nil {
			return invalid("%s", err)
		}
	}
	if next.Location != "" && place(next.Location) != d.meta.Location {
		return invalid("Cannot change the location of dataset %s", d.meta.Id)
	}
	old := d.meta
	next.DatasetReference, next.Location, next.CreationTime = old.DatasetReference, old.Location, old.CreationTime
	next.Kind, next.Id, next.Type = old.Kind, old.Id, old.Type
	d.set(next, s.opt.Now().UnixMilli())
	return reply(w, r, next)
}

func (s *Server) deleteDataset(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := keyOfDataset(r)
	d, err := s.dataset(k)
	if err != nil {
		return err
	}
	if err := match(r, d.meta.Etag); err != nil {
		return err
	}
	var inside []tableKey
	for t := range s.tables {
		if t.datasetKey == k {
			inside = append(inside, t)
		}
	}
	if len(inside) > 0 && r.FormValue("deleteContents") != "true" {
		return problemf(400, "resourceInUse", "Dataset %s is still in use", k)
	}
	for _, t := range inside {
		s.dropTable(t)
	}
	delete(s.datasets, k)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) listDatasets(w http.ResponseWriter, r *http.Request) error {
	if r.FormValue("filter") != "" {
		return refuse("datasets.list filter")
	}
	s.mu.Lock()
	var all []*bq.DatasetListDatasets
	for k, d := range s.datasets {
		if k.project == r.PathValue("project") {
			m := d.meta
			all = append(all, &bq.DatasetListDatasets{Kind: m.Kind, Id: m.Id, DatasetReference: m.DatasetReference, FriendlyName: m.FriendlyName, Labels: m.Labels, Location: m.Location})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b *bq.DatasetListDatasets) int { return strings.Compare(a.Id, b.Id) })
	cut, next, err := page(r, all, 1000)
	if err != nil {
		return err
	}
	return reply(w, r, &bq.DatasetList{Kind: "bigquery#datasetList", Datasets: cut, NextPageToken: next})
}

func keyOfDataset(r *http.Request) datasetKey {
	return datasetKey{r.PathValue("project"), r.PathValue("dataset")}
}

// dataset finds a dataset; s.mu is held.
func (s *Server) dataset(k datasetKey) (*dataset, error) {
	if d := s.datasets[k]; d != nil {
		return d, nil
	}
	return nil, notFound("Dataset %s", k)
}

// place writes a location as BigQuery does: multi-regions large, regions small.
func place(l string) string {
	if up := strings.ToUpper(l); up == "US" || up == "EU" {
		return up
	}
	return strings.ToLower(l)
}

func ref[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

// named reports whether an ID has the form and at most BigQuery's 1,024 characters.
func named(form *regexp.Regexp, id string) bool { return len(id) <= 1024 && form.MatchString(id) }
