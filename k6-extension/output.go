package plimsoll

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"go.k6.io/k6/v2/lib/netext/httpext"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

const flushPeriod = 100 * time.Millisecond

var errNoFunction = errors.New("watchOne() takes a function")

// config is what follows `--out plimsoll=`, as JSON.
type config struct {
	// Rows is the file or named pipe that the records are written to.
	Rows string `json:"rows"`
	// Metrics are those whose samples are told.
	Metrics []string `json:"metrics"`
}

// recordOutput writes records.go's records of all that Plimsoll reads.
type recordOutput struct {
	config  config
	logger  logrus.FieldLogger
	file    io.WriteCloser
	flusher *output.PeriodicFlusher
	isGone  bool
	// What k6 hands over, and what is written, are done by two goroutines.
	mu      sync.Mutex
	records *recordWriter
	settler settler
}

func newOutput(params output.Params) (output.Output, error) {
	out := &recordOutput{logger: params.Logger.WithField("component", "output-plimsoll")}
	if err := json.Unmarshal([]byte(params.ConfigArgument), &out.config); err != nil || out.config.Rows == "" {
		return nil, fmt.Errorf(`--out plimsoll takes JSON like {"rows": "path", "metrics": ["name"]}, not %q`, params.ConfigArgument)
	}
	return out, nil
}

func (o *recordOutput) Description() string {
	return "plimsoll (" + o.config.Rows + ")"
}

func (o *recordOutput) Start() error {
	file, err := os.OpenFile(o.config.Rows, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	o.file = file
	o.records = newRecordWriter(o.config.Metrics)
	o.settler.records = o.records
	o.flusher, err = output.NewPeriodicFlusher(flushPeriod, func() { o.flush(false) })
	return err
}

func (o *recordOutput) Stop() error {
	o.flusher.Stop()
	o.flush(true)
	return o.file.Close()
}

// AddMetricSamples makes records at once, which are smaller than what they are made of and hold nothing that k6 could free.
func (o *recordOutput) AddMetricSamples(containers []metrics.SampleContainer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, container := range containers {
		o.add(container)
	}
}

// flush writes the records since the last time. isLast: nothing is told any more.
func (o *recordOutput) flush(isLast bool) {
	bytes := o.take(isLast)
	if o.isGone || len(bytes) == 0 {
		return
	}
	if _, err := o.file.Write(bytes); err != nil {
		o.isGone = true
		o.logger.WithError(err).Error("what reads the records is gone")
	}
}

func (o *recordOutput) take(isLast bool) []byte {
	since := time.Now()
	if !isLast {
		since = since.Add(-tellAfter)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	open, cut := watched.look(since)
	for index := range open {
		o.settler.open(&open[index])
	}
	o.settler.endFlush(cut, isLast)
	return o.records.take()
}

// add takes what k6 or the module has told.
func (o *recordOutput) add(container metrics.SampleContainer) {
	switch told := container.(type) {
	case *httpext.Trail:
		o.addTrail(told)
	case *sent:
		o.records.sent(told.at, told.tags, told.number)
	case *over:
		o.records.over(told.at, told.number)
	case *failed:
		o.settler.callFailed(told)
	case *ready:
		o.records.moment(kindReady, told.at)
	default:
		for _, sample := range container.GetSamples() {
			o.records.addSample(&sample)
		}
	}
}

// addTrail takes a request.
func (o *recordOutput) addTrail(trail *httpext.Trail) {
	o.records.addWantedOf(trail)
	if call := callOf(trail.Metadata); call != 0 {
		o.records.request(trail, call, totalOf(trail))
	} else {
		o.settler.request(trail)
	}
}

// totalOf is the time of a request. Resolving the name, connecting and TLS lie within the time it was blocked.
func totalOf(trail *httpext.Trail) time.Duration {
	return trail.Blocked + trail.Duration
}

func callOf(metadata map[string]string) uint32 {
	if len(metadata) == 0 {
		return 0
	}
	number, _ := strconv.ParseUint(metadata[callKey], 10, 32)
	return uint32(number)
}

// addWantedOf writes the samples of a request that are wanted, but for its duration, which is told with it.
func (w *recordWriter) addWantedOf(trail *httpext.Trail) {
	if len(w.wanted) == 0 {
		return
	}
	for index := range trail.Samples {
		sample := &trail.Samples[index]
		if sample.Metric.Name == metrics.HTTPReqDurationName {
			w.declare(sample.Metric)
		} else {
			w.addWanted(sample)
		}
	}
}

func (w *recordWriter) addSample(sample *metrics.Sample) {
	w.addWanted(sample)
	switch sample.Metric.Name {
	case metrics.DroppedIterationsName:
		w.dropped(sample.Time, sample.Value)
	case metrics.VUsName:
		w.moment(kindTick, sample.Time)
	}
}

func (w *recordWriter) addWanted(sample *metrics.Sample) {
	if len(w.wanted) == 0 {
		return
	}
	if index, isWanted := w.declare(sample.Metric); isWanted {
		w.sample(sample, index)
	}
}
