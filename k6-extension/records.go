package plimsoll

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"time"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
)

// magic is what the records begin with; its last byte is the version of the format.
const magic = "PLK6\x02"

// The kinds of records: their first byte. What follows has a fixed length, little-endian, but for the names and tags, which
// are JSON behind their length in bytes. A call is the number that ties its requests together, or 0. Times are milliseconds
// since 1970 as float64.
const (
	kindTags    = 1 // uint32 number, uint32 length, JSON object of all tags
	kindMetric  = 2 // uint32 number, uint32 length, JSON {name, type, contains}
	kindRequest = 3 // uint32 tags, call; float64 end, total, duration in ms
	kindSent    = 4 // uint32 tags, call; float64 at
	kindOver    = 5 // uint32 call; float64 at
	kindDropped = 6 // float64 at, count
	kindReady   = 7 // float64 at
	kindTick    = 8 // float64 at
	kindSample  = 9 // uint32 metric, tags; float64 at, value
)

// mostTags is how many sets of tags have a number at a time. Then numbering begins again, so that tags with an identifier
// in them fill the memory of neither side.
const mostTags = 4096

// recordWriter collects records.
type recordWriter struct {
	bytes []byte
	// taken is what was given away last.
	taken []byte
	// wanted are the metrics whose samples are told; negative until the first has come.
	wanted  map[string]int
	metrics int
	tags    map[*metrics.TagSet]uint32
}

func newRecordWriter(wanted []string) *recordWriter {
	writer := &recordWriter{
		bytes:  []byte(magic),
		wanted: make(map[string]int, len(wanted)),
		tags:   make(map[*metrics.TagSet]uint32),
	}
	for _, name := range wanted {
		writer.wanted[name] = -1
	}
	return writer
}

// take returns the records since the last time; they are valid until the next time.
func (w *recordWriter) take() []byte {
	w.bytes, w.taken = w.taken[:0], w.bytes
	return w.taken
}

func (w *recordWriter) request(trail *httpext.Trail, call uint32, total time.Duration) {
	w.begin(kindRequest, w.numberOf(trail.Tags), call)
	w.time(trail.EndTime)
	w.float(metrics.D(total))
	w.float(metrics.D(trail.Duration))
}

func (w *recordWriter) sent(at time.Time, tags *metrics.TagSet, call uint32) {
	w.begin(kindSent, w.numberOf(tags), call)
	w.time(at)
}

func (w *recordWriter) over(at time.Time, call uint32) {
	w.begin(kindOver, call)
	w.time(at)
}

func (w *recordWriter) dropped(at time.Time, count float64) {
	w.begin(kindDropped)
	w.time(at)
	w.float(count)
}

func (w *recordWriter) moment(kind byte, at time.Time) {
	w.begin(kind)
	w.time(at)
}

func (w *recordWriter) sample(sample *metrics.Sample, metric uint32) {
	w.begin(kindSample, metric, w.numberOf(sample.Tags))
	w.time(sample.Time)
	w.float(sample.Value)
}

// declare gives a metric that is wanted its number, and says once what it is.
func (w *recordWriter) declare(metric *metrics.Metric) (uint32, bool) {
	number, isWanted := w.wanted[metric.Name]
	if isWanted && number < 0 {
		number = w.metrics
		w.metrics++
		w.wanted[metric.Name] = number
		w.named(kindMetric, uint32(number), map[string]any{
			"name": metric.Name, "type": metric.Type, "contains": metric.Contains,
		})
	}
	return uint32(number), isWanted
}

// numberOf is the number of a set of tags, which are told with the first that has them. k6 keeps one object of each set.
func (w *recordWriter) numberOf(set *metrics.TagSet) uint32 {
	number, isKnown := w.tags[set]
	if !isKnown {
		if len(w.tags) == mostTags {
			clear(w.tags)
		}
		number = uint32(len(w.tags))
		w.tags[set] = number
		w.named(kindTags, number, set.Map())
	}
	return number
}

func (w *recordWriter) named(kind byte, number uint32, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte("{}") // there is nothing in it that has no JSON
	}
	w.begin(kind, number, uint32(len(text)))
	w.bytes = append(w.bytes, text...)
}

func (w *recordWriter) begin(kind byte, numbers ...uint32) {
	w.bytes = append(w.bytes, kind)
	for _, number := range numbers {
		w.bytes = binary.LittleEndian.AppendUint32(w.bytes, number)
	}
}

func (w *recordWriter) time(at time.Time) {
	w.float(float64(at.UnixNano()) / 1e6)
}

func (w *recordWriter) float(value float64) {
	w.bytes = binary.LittleEndian.AppendUint64(w.bytes, math.Float64bits(value))
}
