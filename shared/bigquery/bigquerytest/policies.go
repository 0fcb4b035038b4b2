package bigquerytest

import (
	"net/http"
	"slices"

	bq "google.golang.org/api/bigquery/v2"
)

// Row access policies are kept so that a run can see what a disposition does to
// them. Nobody is identified here, so rows of such a table are not shown.

func (s *Server) insertPolicy(w http.ResponseWriter, r *http.Request) error {
	p := new(bq.RowAccessPolicy)
	if _, err := body(r, p, "rowAccessPolicy", "rowAccessPolicyReference", "filterPredicate", "grantees"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := keyOfTable(r)
	t, err := s.table(k)
	if err != nil {
		return err
	}
	id := ref(p.RowAccessPolicyReference).PolicyId
	if id == "" || p.FilterPredicate == "" {
		return invalid("A row access policy needs a policyId and a filterPredicate")
	}
	if t.policy(id) != nil {
		return duplicate("Row access policy %s on table %s", id, k)
	}
	p.RowAccessPolicyReference = &bq.RowAccessPolicyReference{ProjectId: k.project, DatasetId: k.dataset, TableId: k.table, PolicyId: id}
	p.CreationTime = s.opt.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	p.LastModifiedTime = p.CreationTime
	p.Etag = etag(p)
	t.policies = append(t.policies, p)
	return reply(w, r, p)
}

func (t *table) policy(id string) *bq.RowAccessPolicy {
	for _, p := range t.policies {
		if p.RowAccessPolicyReference.PolicyId == id {
			return p
		}
	}
	return nil
}

func (s *Server) getPolicy(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(keyOfTable(r))
	if err != nil {
		return err
	}
	p := t.policy(r.PathValue("id"))
	if p == nil {
		return notFound("Row access policy %s on table %s", r.PathValue("id"), keyOfTable(r))
	}
	return reply(w, r, p)
}

func (s *Server) listPolicies(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(keyOfTable(r))
	if err != nil {
		return err
	}
	cut, next, err := page(r, t.policies, 100)
	if err != nil {
		return err
	}
	return reply(w, r, &bq.ListRowAccessPoliciesResponse{RowAccessPolicies: cut, NextPageToken: next})
}

func (s *Server) deletePolicy(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(keyOfTable(r))
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if t.policy(id) == nil {
		return notFound("Row access policy %s on table %s", id, keyOfTable(r))
	}
	t.policies = slices.DeleteFunc(slices.Clone(t.policies), func(p *bq.RowAccessPolicy) bool { return p.RowAccessPolicyReference.PolicyId == id })
	w.WriteHeader(http.StatusNoContent)
	return nil
}
