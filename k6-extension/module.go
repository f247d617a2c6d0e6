package plimsoll

import (
	"strconv"
	"strings"
	"time"

	"github.com/grafana/sobek"

	"go.k6.io/k6/v2/js/common"
	"go.k6.io/k6/v2/js/modules"
	"go.k6.io/k6/v2/js/modules/k6/http"
	"go.k6.io/k6/v2/lib"
	"go.k6.io/k6/v2/metrics"
)

// callKey is the metadata key that ties what is told of one call together.
const callKey = "plimsoll_call"

type rootModule struct{}

// NewModuleInstance is called once for each virtual user.
func (*rootModule) NewModuleInstance(vu modules.VU) modules.Instance {
	return &module{vu: vu, slot: watched.newSlot()}
}

type module struct {
	vu   modules.VU
	slot *slot
}

func (m *module) Exports() modules.Exports {
	return modules.Exports{Named: map[string]any{
		"watchOne": m.watchOne,
		"begin":    m.begin,
		"end":      m.end,
		"over":     m.over,
		"ready":    m.ready,
	}}
}

// watchOne(original, method, urlAt, paramsAt, tags) returns a function that does what the original does, and is watched
// while it waits for its response, so that a virtual user makes one such call at a time. Where the method is undefined it is
// the first argument. tags are those that objectives name, which are told as far as the request carries them.
func (m *module) watchOne(call sobek.FunctionCall) sobek.Value {
	rt := m.vu.Runtime()
	original, ok := sobek.AssertFunction(call.Argument(0))
	if !ok {
		common.Throw(rt, errNoFunction)
	}
	method := ""
	if value := call.Argument(1); !sobek.IsUndefined(value) {
		method = value.String()
	}
	urlAt, paramsAt := int(call.Argument(2).ToInteger()), int(call.Argument(3).ToInteger())
	var tags []string
	if err := rt.ExportTo(call.Argument(4), &tags); err != nil {
		common.Throw(rt, err)
	}

	return rt.ToValue(func(call sobek.FunctionCall) sobek.Value {
		// Outside of an iteration, or with arguments that make no request, the call itself says what is wrong.
		state := m.vu.State()
		isWatched := state != nil && rt.Try(func() {
			m.slot.begin(describe(rt, state, call, method, urlAt, paramsAt, tags))
		}) == nil

		response, err := original(sobek.Undefined(), call.Arguments...)
		if isWatched {
			m.ended(state, response, err)
		}
		if err != nil {
			panic(err) // an exception goes on as it is, and so does what interrupts the virtual user
		}
		return response
	})
}

// ended tells of a call that is over what k6 does not. Of one with a response that is nothing, unless it was told that it is
// under way.
func (m *module) ended(state *lib.State, value sobek.Value, err error) {
	ended := m.slot.end()
	var response *http.Response
	if err == nil {
		response, _ = value.Export().(*http.Response)
	}
	hasAnswer := response != nil && response.Status > 0
	now := time.Now()
	var told metrics.SampleContainer
	if !hasAnswer {
		told = &failed{at: now, call: ended}
	} else if ended.number != 0 {
		told = &over{at: now, number: ended.number}
	}
	// k6 has told of the response where its virtual user is not stopped by now.
	if m.vu.Context().Err() == nil && (told == nil || m.push(state, told)) {
		return
	}
	cut := cutCall{call: ended, at: now, hasAnswer: hasAnswer}
	if hasAnswer {
		cut.durationMs = response.Timings.Duration
	}
	watched.wasCut(cut)
}

// begin(requests) tells of a call of several requests, or of one that others may overtake: what k6 makes of it carries its
// number, until end() is called. The requests are objects of tags. It returns the number, and 0 outside of an iteration.
func (m *module) begin(requests []map[string]string) uint32 {
	state := m.vu.State()
	if state == nil {
		return 0
	}
	number := watched.newNumber()
	text := strconv.FormatUint(uint64(number), 10)
	state.Tags.Modify(func(current *metrics.TagsAndMeta) { current.SetMetadata(callKey, text) })
	base, at := currentTags(state), time.Now()
	for _, tags := range requests {
		m.push(state, &sent{at: at, tags: base.WithTagsFromMap(tags), number: number})
	}
	return number
}

// end() ends what begin() began: what k6 makes from now on is of another call.
func (m *module) end() {
	if state := m.vu.State(); state != nil {
		state.Tags.Modify(func(current *metrics.TagsAndMeta) { current.DeleteMetadata(callKey) })
	}
}

// over(number) says that no request of the call will be told any more.
func (m *module) over(number uint32) {
	if state := m.vu.State(); state != nil {
		m.push(state, &over{at: time.Now(), number: number})
	}
}

func (m *module) ready() {
	if state := m.vu.State(); state != nil {
		m.push(state, &ready{at: time.Now()})
	}
}

// push is false where the virtual user is stopped, and nothing of it is told any more.
func (m *module) push(state *lib.State, container metrics.SampleContainer) bool {
	return metrics.PushIfNotDone(m.vu.Context(), state.Samples, container)
}

func describe(
	rt *sobek.Runtime, state *lib.State, made sobek.FunctionCall, method string, urlAt, paramsAt int, tags []string,
) call {
	if method == "" {
		method = strings.ToUpper(made.Argument(0).String())
	}
	params := made.Argument(paramsAt)
	return call{
		at:     time.Now(),
		name:   nameOf(rt, made.Argument(urlAt), params),
		method: method,
		tags:   requestTags(rt, currentTags(state), params, tags),
	}
}

func currentTags(state *lib.State) (tags *metrics.TagSet) {
	state.Tags.Modify(func(current *metrics.TagsAndMeta) { tags = current.Tags })
	return tags
}

func requestTags(rt *sobek.Runtime, set *metrics.TagSet, params sobek.Value, keys []string) *metrics.TagSet {
	if len(keys) == 0 {
		return set
	}
	given := objectIn(rt, params, "tags")
	if given == nil {
		return set
	}
	for _, key := range keys {
		if value := given.Get(key); value != nil && !sobek.IsUndefined(value) {
			set = set.With(key, value.String())
		}
	}
	return set
}

// nameOf is the name that k6 gives to a request: the tag, else that of a http.url template, else the URL.
func nameOf(rt *sobek.Runtime, url, params sobek.Value) string {
	if tags := objectIn(rt, params, "tags"); tags != nil {
		if name := tags.Get("name"); name != nil && name.ToBoolean() {
			return name.String()
		}
	}
	if object, ok := url.(*sobek.Object); ok {
		if name := object.Get("name"); name != nil && name.ToBoolean() {
			return name.String()
		}
	}
	return url.String()
}

func objectIn(rt *sobek.Runtime, value sobek.Value, key string) *sobek.Object {
	object, ok := value.(*sobek.Object)
	if !ok {
		return nil
	}
	inner, _ := object.Get(key).(*sobek.Object)
	return inner
}
