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
	return &module{vu: vu}
}

type module struct {
	vu       modules.VU
	lastCall uint32
}

func (m *module) Exports() modules.Exports {
	return modules.Exports{Named: map[string]any{
		"watchOne": m.watchOne,
		"begin":    m.begin,
		"end":      m.end,
		"ready":    m.ready,
	}}
}

// watchOne(original, method, urlAt, paramsAt, tags) returns a function that does what the original does, and tells of the
// request before. The call waits for its response, so that a virtual user makes one at a time. Where the method is
// undefined it is the first argument. tags are those that objectives name, which are told as far as the request carries
// them.
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
		isTold := state != nil && rt.Try(func() {
			called := method
			if called == "" {
				called = strings.ToUpper(call.Argument(0).String())
			}
			params := call.Argument(paramsAt)
			set := requestTags(rt, currentTags(state), params, tags).
				With("name", nameOf(rt, call.Argument(urlAt), params)).
				With("method", called)
			m.push(state, &sent{at: time.Now(), tags: set, vu: vuOf(state)})
		}) == nil

		response, err := original(sobek.Undefined(), call.Arguments...)
		if isTold && (err != nil || hasNoLast(response)) {
			m.push(state, &over{at: time.Now(), vu: vuOf(state)})
		}
		if err != nil {
			panic(err) // an exception goes on as it is, and so does what interrupts the virtual user
		}
		return response
	})
}

// begin(requests) tells of a call of several requests, or of one that others may overtake: what k6 makes of it carries its
// number, until end() is called. The requests are objects of tags.
func (m *module) begin(requests []map[string]string) {
	state := m.vu.State()
	if state == nil {
		return
	}
	m.lastCall++
	number := strconv.FormatUint(uint64(m.lastCall), 10)
	state.Tags.Modify(func(current *metrics.TagsAndMeta) { current.SetMetadata(callKey, number) })
	base, at := currentTags(state), time.Now()
	for _, tags := range requests {
		m.push(state, &sent{at: at, tags: base.WithTagsFromMap(tags), vu: vuOf(state), call: m.lastCall})
	}
}

// end(isOver) ends what begin() began. isOver: nothing will be told of its requests any more.
func (m *module) end(isOver bool) {
	state := m.vu.State()
	if state == nil {
		return
	}
	if isOver {
		m.push(state, &over{at: time.Now(), vu: vuOf(state), call: m.lastCall})
	}
	state.Tags.Modify(func(current *metrics.TagsAndMeta) { current.DeleteMetadata(callKey) })
}

func (m *module) ready() {
	if state := m.vu.State(); state != nil {
		m.push(state, &ready{at: time.Now()})
	}
}

func (m *module) push(state *lib.State, container metrics.SampleContainer) {
	metrics.PushIfNotDone(m.vu.Context(), state.Samples, container)
}

func vuOf(state *lib.State) uint32 {
	return uint32(state.VUID) //nolint:gosec // k6 never has so many
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

// hasNoLast is true where k6 may tell of no request of a call any more: of one that it refused there is nothing, and of a
// redirect nobody knows the last step.
func hasNoLast(value sobek.Value) bool {
	response, ok := value.Export().(*http.Response)
	return !ok || response.Status == 0 || (response.Status >= 300 && response.Status < 400)
}
