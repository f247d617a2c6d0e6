// Package gobench submits orders to the order service, as a Go team has it in its own benchmarks. It runs alone too:
//
//	BASE_URL=http://127.0.0.1:18080 go test -bench . -benchtime 100x -count 10
package gobench

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// customers is how many submit orders at once, each one after another.
const customers = 10

var client = &http.Client{
	Timeout:   5 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: customers},
}

// TestMain says which way the units of this package get better, as the Go benchmark format has it.
func TestMain(m *testing.M) {
	fmt.Println("Unit p95-ms better=lower")
	fmt.Println("Unit errors-% better=lower")
	os.Exit(m.Run())
}

// BenchmarkOrderSubmit reports the 95th percentile of its own orders, since ns/op is no more than their mean. An order that
// is refused is counted and not fatal: what a fault does to the service is what the benchmark is there to see.
func BenchmarkOrderSubmit(b *testing.B) {
	base := os.Getenv("BASE_URL")
	if base == "" {
		b.Fatal("BASE_URL is not set: where do the orders go?")
	}
	taken := make([]time.Duration, b.N)
	var next, failed atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range make([]struct{}, customers) {
		all.Add(1)
		go func() {
			defer all.Done()
			for order := next.Add(1) - 1; order < int64(b.N); order = next.Add(1) - 1 {
				start := time.Now()
				if err := submit(base); err != nil {
					failed.Add(1)
				}
				// A failed order counts with the time until it was given up.
				taken[order] = time.Since(start)
			}
		}()
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(percentile(taken, 95).Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(failed.Load())/float64(b.N)*100, "errors-%")
}

func submit(base string) error {
	body := strings.NewReader(`{"item": "tea", "quantity": 2}`)
	response, err := client.Post(base+"/orders", "application/json", body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// percentile is the smallest of the times at or below which that many percent of them lie.
func percentile(times []time.Duration, percent int) time.Duration {
	sorted := append([]time.Duration(nil), times...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	return sorted[(len(sorted)*percent+99)/100-1]
}
