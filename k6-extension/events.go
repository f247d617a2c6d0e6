package plimsoll

import (
	"time"

	"go.k6.io/k6/v2/metrics"
)

// What the module tells goes the way of k6's samples, so that it stays in order with them. To other outputs these are
// containers with no sample in them.

// sent says that a request of a call with a number is being sent.
type sent struct {
	at     time.Time
	tags   *metrics.TagSet
	number uint32
}

// over says that the call with this number is over, and that no request of it will be told any more.
type over struct {
	at     time.Time
	number uint32
}

// failed says that a call is over without a response, behind what k6 itself tells of it.
type failed struct {
	at   time.Time
	call call
}

// ready says that setup() is done and the load begins.
type ready struct {
	at time.Time
}

func (*sent) GetSamples() []metrics.Sample   { return nil }
func (*over) GetSamples() []metrics.Sample   { return nil }
func (*failed) GetSamples() []metrics.Sample { return nil }
func (*ready) GetSamples() []metrics.Sample  { return nil }
