package bigquerytest

// quota counts the modifications of a table name in a day of the server's clock.
type quota struct {
	day string
	n   int
}

// spend counts one modification, also of a job that fails later, and refuses
// the one too many.
func (s *Server) spend(k tableKey) error {
	if s.opt.Modifications < 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.quota[k]
	day := s.opt.Now().UTC().Format("2006-01-02")
	if q == nil || q.day != day {
		q = &quota{day: day}
		s.quota[k] = q
	}
	if q.n >= s.opt.Modifications {
		return problemf(403, "quotaExceeded", "Quota exceeded: Your table exceeded quota for imports or query appends per table. For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas")
	}
	q.n++
	return nil
}
