package plimsoll

import (
	"time"

	"go.k6.io/k6/v2/metrics"
)

// What the module tells goes the way of k6's samples, so that it stays in order with them. To other outputs these are
// containers with no sample in them.

// sent says that a request is being sent.
type sent struct {
	at   time.Time
	tags *metrics.TagSet
	vu   uint32
	// 0: the virtual user waits for its response, and has no other such call.
	call uint32
}

// over says that a call is over, and that no request of it will be told any more.
type over struct {
	at   time.Time
	vu   uint32
	call uint32
}

// ready says that setup() is done and the load begins.
type ready struct {
	at time.Time
}

func (*sent) GetSamples() []metrics.Sample  { return nil }
func (*over) GetSamples() []metrics.Sample  { return nil }
func (*ready) GetSamples() []metrics.Sample { return nil }
