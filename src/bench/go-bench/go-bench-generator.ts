import type { GoBenchLoad, LoadGenerator, PlannedLoad } from '../load-generator.js';
import { describeGoBench } from './describe-go-bench.js';
import { preflightGoBench } from './preflight-go-bench.js';
import { startGoBench, type GoBenchOptions } from './start-go-bench.js';

/** Runs the benchmarks of a Go package, and keeps what they report beside the tape. */
export function createGoBenchGenerator(options: GoBenchOptions): LoadGenerator {
  return {
    describe: () => describeGoBench(options.go),
    preflight: (load, signal) => preflightGoBench(goBenchOf(load), options.go, signal),
    start: (load, tape, signal) => startGoBench(goBenchOf(load), tape, signal, options),
  };
}

function goBenchOf(load: PlannedLoad): GoBenchLoad {
  if (load.kind !== 'go-bench')
    throw new Error(`a load of kind ${load.kind} was given to the generator of Go benchmarks`);
  return load;
}
