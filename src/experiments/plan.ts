import type { GeneratorDescription, PlannedLoad } from '../bench/load-generator.js';
import type { ScriptThreshold } from '../bench/script-threshold.js';
import type { PlannedFault, PlannedTarget } from '../chaos/fault-injector.js';
import type { ServiceDescription } from '../chaos/environment.js';
import type { Finding } from '../shared/finding.js';
import type { Phase } from '../shared/phases.js';
import type { DurationMs } from '../shared/time.js';
import type { PlannedHalt } from './halt-switch.js';
import type { Sla, StopCondition } from '../sla/objective.js';

/** An experiment fully resolved: nothing reads YAML, environment variables or defaults after it. */
export interface Plan {
  readonly runId: string;
  readonly experiment: {
    readonly name: string;
    readonly description?: string;
    readonly owner?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly hypothesis: string;
    /** As it was given on the command line. */
    readonly file: string;
    /** The text of the file, kept as evidence. */
    readonly source: string;
  };
  readonly environment: {
    readonly name: string;
    readonly driver: 'local' | 'kubernetes';
    readonly services: readonly ServiceDescription[];
  };
  readonly phasesMs: Readonly<Record<Phase, DurationMs>>;
  /** How many pairs of a steady and a fault phase; one where it is not there. */
  readonly trials?: number;
  readonly load: PlannedLoad;
  readonly generator: GeneratorDescription;
  readonly faults: readonly PlannedFault[];
  /** By the fault's name. */
  readonly targets: Readonly<Record<string, readonly PlannedTarget[]>>;
  /** With the script's own thresholds, where they are judged. */
  readonly sla: Sla;
  /** Those that the script has among its own options, as they are written there. */
  readonly thresholds?: readonly ScriptThreshold[];
  /** Where the queries of objectives are asked; undefined where there are none, or no server. */
  readonly metricsAddress?: string;
  readonly guards: {
    readonly maxTargets?: number;
    /** Of what serves behind each service in front of the targets, 0 to 100. */
    readonly maxPercent?: number;
    readonly minCoverage: number;
    readonly stopWhen: readonly StopCondition[];
    readonly halt?: PlannedHalt;
  };
  readonly deadlinesMs: {
    readonly start: DurationMs;
    readonly inject: DurationMs;
    readonly recover: DurationMs;
  };
  /** What preflight found; a plan with a `stop` finding is not run. */
  readonly findings: readonly Finding[];
}
