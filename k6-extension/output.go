package plimsoll

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
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
	output.SampleBuffer
	config  config
	logger  logrus.FieldLogger
	file    io.WriteCloser
	flusher *output.PeriodicFlusher
	records *recordWriter
	failed  bool
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
	o.flusher, err = output.NewPeriodicFlusher(flushPeriod, o.flush)
	return err
}

func (o *recordOutput) Stop() error {
	o.flusher.Stop()
	return o.file.Close()
}

func (o *recordOutput) flush() {
	for _, container := range o.GetBufferedSamples() {
		o.records.add(container)
	}
	bytes := o.records.take()
	if o.failed || len(bytes) == 0 {
		return
	}
	if _, err := o.file.Write(bytes); err != nil {
		o.failed = true
		o.logger.WithError(err).Error("what reads the records is gone")
	}
}

// add writes the records of what k6 or the module has told.
func (w *recordWriter) add(container metrics.SampleContainer) {
	switch told := container.(type) {
	case *httpext.Trail:
		w.addTrail(told)
	case *sent:
		w.sent(told)
	case *over:
		w.over(told)
	case *ready:
		w.moment(kindReady, told.at)
	default:
		for _, sample := range container.GetSamples() {
			w.addSample(&sample)
		}
	}
}

// addTrail writes a request. Resolving the name, connecting and TLS lie within the time it was blocked.
func (w *recordWriter) addTrail(trail *httpext.Trail) {
	if len(w.wanted) > 0 {
		for index := range trail.Samples {
			sample := &trail.Samples[index]
			if sample.Metric.Name == metrics.HTTPReqDurationName {
				w.declare(sample.Metric) // its samples are told with their requests
			} else {
				w.addWanted(sample)
			}
		}
	}
	w.request(trail, numberIn(trail.Metadata, "vu"), numberIn(trail.Metadata, callKey))
}

func (w *recordWriter) addSample(sample *metrics.Sample) {
	w.addWanted(sample)
	switch sample.Metric.Name {
	case metrics.IterationsName:
		w.iteration(sample.Time, numberIn(sample.Metadata, "vu"))
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

func numberIn(metadata map[string]string, key string) uint32 {
	number, _ := strconv.ParseUint(metadata[key], 10, 32)
	return uint32(number)
}
