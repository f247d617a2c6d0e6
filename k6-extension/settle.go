package plimsoll

import (
	"slices"
	"time"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
)

// mostFlushes is how long is waited for the other half of what is told in two: k6 hands both over within one flush, or two.
const mostFlushes = 5

// settler puts together what k6 and the module tell of one call: k6 when its response came, and the module when it was made.
// k6 does not say which virtual user a request is of. Where it may be of several, they made the same request at the same
// time, and each is taken once.
type settler struct {
	records *recordWriter
	// failed are the requests without a response, whose time k6 does not know.
	failed []waiting[*httpext.Trail]
	cut    []waiting[cutCall]
	// durations are those of the requests of this flush and the one before.
	durations, before []float64
}

type waiting[T any] struct {
	what    T
	flushes int
}

// request takes a request of a call without a number.
func (s *settler) request(trail *httpext.Trail) {
	if status, _ := trail.Tags.Get(metrics.TagStatus.String()); status == "0" {
		s.failed = append(s.failed, waiting[*httpext.Trail]{what: trail})
		return
	}
	s.durations = append(s.durations, metrics.D(trail.Duration))
	s.records.request(trail, 0, totalOf(trail))
}

func (s *settler) callFailed(told *failed) {
	s.takeFailed(&told.call, told.at)
	s.over(&told.call, told.at)
}

// open says that a call is under way.
func (s *settler) open(one *call) {
	s.records.sent(one.at, one.allTags(), one.number)
}

// over says that a call is over, if it was told that it is under way.
func (s *settler) over(one *call, at time.Time) {
	if one.number != 0 {
		s.records.over(at, one.number)
	}
}

// endFlush decides what is known by now. isLast: nothing is told any more.
func (s *settler) endFlush(cut []cutCall, isLast bool) {
	for _, one := range cut {
		s.cut = append(s.cut, waiting[cutCall]{what: one})
	}
	s.cut = slices.DeleteFunc(s.cut, func(one waiting[cutCall]) bool {
		isTold := one.what.hasAnswer && s.hasTold(one.what.durationMs)
		if isTold {
			s.over(&one.what.call, one.what.at)
		}
		return isTold
	})
	s.cut = giveUp(s.cut, isLast, func(one cutCall) {
		if !one.hasAnswer && s.takeFailed(&one.call, one.at) {
			s.over(&one.call, one.at)
		} else if one.number == 0 {
			one.number = watched.newNumber()
			s.open(&one.call)
		}
	})
	s.failed = giveUp(s.failed, isLast, func(trail *httpext.Trail) {
		s.records.request(trail, 0, totalOf(trail))
	})
	s.durations, s.before = s.before[:0], s.durations
}

// hasTold is true where k6 has just told of a response that took so long.
func (s *settler) hasTold(durationMs float64) bool {
	return slices.Contains(s.durations, durationMs) || slices.Contains(s.before, durationMs)
}

// takeFailed writes the request without a response that belongs to a call, with the time since the call was made, which
// is never too short: of a redirect it holds the steps before. False if there is none.
func (s *settler) takeFailed(made *call, endedAt time.Time) bool {
	isWithin := func(one waiting[*httpext.Trail]) bool {
		return !one.what.EndTime.Before(made.at) && !one.what.EndTime.After(endedAt)
	}
	index := slices.IndexFunc(s.failed, func(one waiting[*httpext.Trail]) bool {
		name, _ := one.what.Tags.Get(metrics.TagName.String())
		method, _ := one.what.Tags.Get(metrics.TagMethod.String())
		return name == made.name && method == made.method && isWithin(one)
	})
	if index < 0 { // a tag of the virtual user's own may be its name
		index = slices.IndexFunc(s.failed, isWithin)
	}
	if index < 0 {
		return false
	}
	trail := s.failed[index].what
	s.failed = slices.Delete(s.failed, index, index+1)
	s.records.request(trail, 0, max(totalOf(trail), trail.EndTime.Sub(made.at)))
	return true
}

// giveUp decides on those that have waited long enough, and returns the others.
func giveUp[T any](all []waiting[T], isLast bool, decide func(T)) []waiting[T] {
	rest := all[:0:0]
	for _, one := range all {
		one.flushes++
		if one.flushes > mostFlushes || isLast {
			decide(one.what)
		} else {
			rest = append(rest, one)
		}
	}
	return rest
}
