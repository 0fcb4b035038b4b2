package gcstest

import "time"

// A limit lets an object be mutated so often a second (quotas; the message is
// the service's: it counts create, update and delete together). It is a bucket
// of tokens that fills with time.
type limit struct {
	tokens float64
	at     time.Time
}

// allow takes one mutation of an object, or says that it came too soon. Only
// mutations that would have happened are counted (assumed).
func (s *Server) allow(bucket, name string) *apiError {
	rate, burst := s.opts.MutationsPerSecond, float64(s.opts.Burst)
	if rate < 0 {
		return nil
	}
	now := s.opts.Now()
	full := time.Duration(burst / rate * float64(time.Second))
	if len(s.limits) > 10_000 {
		for k, l := range s.limits {
			if now.Sub(l.at) > full {
				delete(s.limits, k)
			}
		}
	}
	key := bucket + "/" + name
	l := s.limits[key]
	if l == nil {
		l = &limit{tokens: burst, at: now}
		s.limits[key] = l
	}
	l.tokens = min(burst, l.tokens+now.Sub(l.at).Seconds()*rate)
	l.at = now
	if l.tokens < 1 {
		return tooOften(bucket, name)
	}
	l.tokens--
	return nil
}
