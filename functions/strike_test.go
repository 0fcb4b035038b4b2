package main

import (
	"strings"
	"sync"
	"sync/atomic"
)

// A strike acts once, at one moment of the run that follows its arming: the
// one that find picks, or the nth request, before or after it.
type strike struct {
	find  func(moment) bool
	mu    sync.Mutex
	armed bool
	base  int
	n     int
	after bool
	hit   *moment
	act   func(moment) bool
}

func (s *strike) on(m moment) bool {
	s.mu.Lock()
	if !s.armed {
		s.mu.Unlock()
		return true
	}
	if s.base < 0 {
		s.base = m.n
	}
	hit := m.n-s.base == s.n && m.after == s.after
	if s.find != nil {
		hit = s.find(m)
	}
	if !hit {
		s.mu.Unlock()
		return true
	}
	s.armed, s.hit = false, &m
	s.mu.Unlock()
	return s.act(m)
}

func (s *strike) arm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed, s.base = true, -1
}

func (s *strike) where() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hit == nil {
		return "never"
	}
	return s.hit.String()
}

// asks finds the first request of a method whose URL has a part.
func asks(method, part string, after bool) func(moment) bool {
	return func(m moment) bool {
		return m.method == method && m.after == after && strings.Contains(m.url, part)
	}
}

// after finds what next finds, once first has been found.
func after(first, next func(moment) bool) func(moment) bool {
	var met atomic.Bool
	return func(m moment) bool {
		if first(m) {
			met.Store(true)
			return false
		}
		return met.Load() && next(m)
	}
}
