package plimsoll

import (
	"sync"
	"sync/atomic"
	"time"

	"go.k6.io/k6/v2/metrics"
)

// tellAfter is how long a call is under way before it is told that it is. Most are over by then, and cost nothing but this look.
const tellAfter = flushPeriod

// call is one that waits for its response, of which a virtual user makes one at a time.
type call struct {
	at     time.Time
	name   string
	method string
	// tags are those of its virtual user, and those of the request that objectives name.
	tags *metrics.TagSet
	// number is what it was told with; 0 if it was not.
	number uint32
}

func (c *call) allTags() *metrics.TagSet {
	return c.tags.With(metrics.TagName.String(), c.name).With(metrics.TagMethod.String(), c.method)
}

// cutCall is one whose virtual user was stopped before it was over, or while it was: nobody knows yet whether k6 tells of it.
type cutCall struct {
	call
	at time.Time
	// hasAnswer: it took durationMs, as k6 would tell.
	hasAnswer  bool
	durationMs float64
}

// slot has the call of one virtual user.
type slot struct {
	mu     sync.Mutex
	isOpen bool
	call   call
}

func (s *slot) begin(begun call) {
	s.mu.Lock()
	s.call, s.isOpen = begun, true
	s.mu.Unlock()
}

func (s *slot) end() call {
	s.mu.Lock()
	s.isOpen = false
	ended := s.call
	s.mu.Unlock()
	return ended
}

// callWatch is what the module and the output share. k6 has one test in a process.
type callWatch struct {
	lastNumber atomic.Uint32
	mu         sync.Mutex
	slots      []*slot
	cut        []cutCall
}

var watched callWatch

func (w *callWatch) newNumber() uint32 {
	return w.lastNumber.Add(1)
}

// newSlot is for a virtual user, and for as long as k6 runs.
func (w *callWatch) newSlot() *slot {
	one := &slot{}
	w.mu.Lock()
	w.slots = append(w.slots, one)
	w.mu.Unlock()
	return one
}

func (w *callWatch) wasCut(one cutCall) {
	w.mu.Lock()
	w.cut = append(w.cut, one)
	w.mu.Unlock()
}

// look gives the calls that are under way since at least the moment given, each of them once and with a number, and those
// that have been cut since the last look.
func (w *callWatch) look(since time.Time) (open []call, cut []cutCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.slots {
		one.mu.Lock()
		if one.isOpen && one.call.number == 0 && !one.call.at.After(since) {
			one.call.number = w.newNumber()
			open = append(open, one.call)
		}
		one.mu.Unlock()
	}
	cut, w.cut = w.cut, nil
	return open, cut
}
