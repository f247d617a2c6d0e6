package plimsoll

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"time"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
)

// told is a record as a reader has it.
type told struct {
	kind    byte
	name    string
	call    uint32
	totalMs float64
}

// read takes the records apart; the names of sets of tags go on from one flush to the next.
func read(t *testing.T, bytes []byte, names map[uint32]string) []told {
	t.Helper()
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(bytes[at:]) }
	float := func(at int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(bytes[at:])) }
	var all []told
	for len(bytes) > 0 {
		length := 0
		switch bytes[0] {
		case magic[0]:
			length = len(magic)
		case kindTags:
			length = 9 + int(number(5))
			var tags map[string]string
			if err := json.Unmarshal(bytes[9:length], &tags); err != nil {
				t.Fatal(err)
			}
			names[number(1)] = tags["name"]
		case kindRequest:
			length = 33
			all = append(all, told{kind: kindRequest, name: names[number(1)], call: number(5), totalMs: float(17)})
		case kindSent:
			length = 17
			all = append(all, told{kind: kindSent, name: names[number(1)], call: number(5)})
		case kindOver:
			length = 13
			all = append(all, told{kind: kindOver, call: number(1)})
		default:
			t.Fatalf("a record of kind %d", bytes[0])
		}
		bytes = bytes[length:]
	}
	return all
}

type bed struct {
	t       *testing.T
	root    *metrics.TagSet
	names   map[uint32]string
	settler settler
	now     time.Time
}

func newBed(t *testing.T) *bed {
	t.Helper()
	return &bed{
		t: t, root: metrics.NewRegistry().RootTagSet(), names: map[uint32]string{},
		settler: settler{records: newRecordWriter(nil)}, now: time.Now(),
	}
}

// at is so many milliseconds behind the beginning.
func (b *bed) at(ms int) time.Time {
	return b.now.Add(time.Duration(ms) * time.Millisecond)
}

func (b *bed) trail(name, status string, endMs, durationMs int) *httpext.Trail {
	tags := b.root.With("name", name).With("method", "GET").With("status", status)
	return &httpext.Trail{EndTime: b.at(endMs), Duration: time.Duration(durationMs) * time.Millisecond, Tags: tags}
}

func (b *bed) call(name string, atMs int, number uint32) call {
	return call{at: b.at(atMs), name: name, method: "GET", tags: b.root, number: number}
}

// flush ends a flush, and checks what it told.
func (b *bed) flush(cut []cutCall, isLast bool, want ...told) {
	b.t.Helper()
	b.settler.endFlush(cut, isLast)
	got := read(b.t, b.settler.records.take(), b.names)
	if len(got) != len(want) {
		b.t.Fatalf("told %+v, not %+v", got, want)
	}
	for index := range want {
		if want[index].kind == kindSent && want[index].call == 0 {
			got[index].call = 0 // any number
		}
		if got[index] != want[index] {
			b.t.Fatalf("told %+v, not %+v", got[index], want[index])
		}
	}
}

func request(name string, totalMs float64) told {
	return told{kind: kindRequest, name: name, totalMs: totalMs}
}

func TestResponseIsToldAsItIs(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "200", 50, 20))
	b.flush(nil, false, request("/", 20))
}

func TestRequestWithoutResponseTakesTheTimeSinceItWasMade(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "0", 80, 0))
	b.flush(nil, false)
	b.settler.callFailed(&failed{at: b.at(81), call: b.call("/", 30, 7)})
	b.flush(nil, false, request("/", 50), told{kind: kindOver, call: 7})
	b.flush(nil, true)
}

func TestFailedRequestsOfSeveralUsersAreTakenOnceEach(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/a", "0", 80, 0))
	b.settler.request(b.trail("/b", "0", 90, 0))
	b.settler.request(b.trail("/a", "0", 95, 0))
	b.settler.callFailed(&failed{at: b.at(96), call: b.call("/a", 85, 0)}) // not the first: it had not been made then
	b.settler.callFailed(&failed{at: b.at(97), call: b.call("/b", 10, 0)})
	b.settler.callFailed(&failed{at: b.at(98), call: b.call("/a", 20, 0)})
	b.flush(nil, false, request("/a", 10), request("/b", 80), request("/a", 60))
}

func TestFailedRequestWithAnotherNameIsTakenByItsTime(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("named by the scenario", "0", 80, 0))
	b.settler.callFailed(&failed{at: b.at(81), call: b.call("http://shop/", 30, 0)})
	b.flush(nil, false, request("named by the scenario", 50))
}

func TestCallThatMadeNoRequestTakesNone(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "0", 20, 5))
	b.settler.callFailed(&failed{at: b.at(81), call: b.call("not an address", 30, 0)})
	for range mostFlushes {
		b.flush(nil, false)
	}
	b.flush(nil, false, request("/", 5)) // nobody has told of it
}

func TestRequestThatNobodyTellsOfIsToldAtTheEnd(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "0", 20, 5))
	b.flush(nil, true, request("/", 5))
}

func TestCallThatIsCutWhileItHangsStaysOpen(t *testing.T) {
	b := newBed(t)
	cut := []cutCall{{call: b.call("/", 10, 0), at: b.at(500)}}
	b.flush(cut, true, told{kind: kindSent, name: "/"})
}

func TestCallThatIsCutAfterItWasToldIsNotToldAgain(t *testing.T) {
	b := newBed(t)
	b.flush([]cutCall{{call: b.call("/", 10, 3), at: b.at(500)}}, true)
}

func TestCallThatIsCutBehindItsResponseCountsOnce(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "200", 499, 489))
	b.flush(nil, false, request("/", 489))
	cut := []cutCall{{call: b.call("/", 10, 3), at: b.at(500), hasAnswer: true, durationMs: 489}}
	b.flush(cut, false, told{kind: kindOver, call: 3})
	b.flush(nil, true)
}

func TestCallThatIsCutBeforeItsResponseIsToldStaysOpen(t *testing.T) {
	b := newBed(t)
	cut := []cutCall{{call: b.call("/", 10, 0), at: b.at(500), hasAnswer: true, durationMs: 489}}
	b.settler.request(b.trail("/", "200", 499, 300)) // another one
	b.flush(cut, false, request("/", 300))
	for range mostFlushes - 1 {
		b.flush(nil, false)
	}
	b.flush(nil, false, told{kind: kindSent, name: "/"})
}

func TestCallThatIsCutBehindItsFailureIsTheFailedRequest(t *testing.T) {
	b := newBed(t)
	b.settler.request(b.trail("/", "0", 499, 0))
	b.flush([]cutCall{{call: b.call("/", 10, 3), at: b.at(500)}}, true,
		request("/", 489), told{kind: kindOver, call: 3})
}

func TestCallsAreFoundOpenOnceAndOnlyWhenTheyAreOldEnough(t *testing.T) {
	var watch callWatch
	now := time.Now()
	old, young := watch.newSlot(), watch.newSlot()
	watch.newSlot()
	old.begin(call{at: now.Add(-time.Second)})
	young.begin(call{at: now})
	open, _ := watch.look(now.Add(-tellAfter))
	if len(open) != 1 || open[0].number == 0 {
		t.Fatalf("found %+v", open)
	}
	if again, _ := watch.look(now.Add(-tellAfter)); len(again) != 0 {
		t.Fatalf("found %+v again", again)
	}
	if ended := old.end(); ended.number != open[0].number {
		t.Fatalf("ended as %+v", ended)
	}
	if open, _ = watch.look(now); len(open) != 1 {
		t.Fatalf("found %+v", open)
	}
}
