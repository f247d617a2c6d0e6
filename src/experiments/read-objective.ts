import { isLatency } from '../sla/describe-indicator.js';
import type { JudgedPhase, Objective } from '../sla/objective.js';
import { parseObjective } from '../sla/parse-objective.js';
import { parseAt, parsePrometheusLimit, parseReduction } from '../sla/parse-prometheus-objective.js';
import { parseWarn } from '../sla/parse-warn.js';
import type { Evaluation } from '../sla/prometheus-query.js';
import type { TextError } from '../sla/text-scanner.js';
import type { FailureTreatment } from '../sla/treat-failures.js';
import type { DocumentPath } from './document-issue.js';
import type { ObjectiveEntry, PrometheusEntry } from './objective-schema.js';

export type ReadObjective =
  | { readonly ok: true; readonly objective: Objective }
  /** What is wrong with a text of the entry, and where in the entry it stands. */
  | {
      readonly ok: false;
      readonly path: DocumentPath;
      readonly text: string;
      readonly error: TextError;
    };

type Entry = Exclude<ObjectiveEntry, string>;
type FullEntry = Extract<Entry, { prometheus: unknown }>;
type LineEntry = Exclude<Entry, FullEntry>;

const DEFAULT_STEP_MS = 5000;

/** Reads an entry of `sla[phase]`, in whichever form it stands. `failures` is what the SLA says of all of them. */
export function readObjective(
  entry: ObjectiveEntry,
  phase: JudgedPhase,
  failures: FailureTreatment = 'as-measured',
): ReadObjective {
  if (typeof entry === 'string') {
    const parsed = parseObjective(entry, phase);
    if (!parsed.ok) return wrong([], entry, parsed.error);
    return { ok: true, objective: treated(parsed.objective, failures) };
  }
  const read = 'prometheus' in entry ? readQuery(entry, phase) : readLine(entry, phase, failures);
  return read.ok ? withMore(read.objective, entry, phase) : read;
}

function readLine(entry: LineEntry, phase: JudgedPhase, failures: FailureTreatment): ReadObjective {
  const { objective: text, confidence } = entry;
  const parsed = parseObjective(text, phase);
  if (!parsed.ok) return wrong(['objective'], text, parsed.error);
  const { objective } = parsed;
  if (entry.failures !== undefined && !isLatency(objective.indicator)) {
    return wrong(['failures'], entry.failures, {
      message: '"failures" is about latencies; every other indicator counts failed requests as what they are',
      start: 0,
      end: entry.failures.length,
    });
  }
  const own = treated(objective, entry.failures ?? failures);
  return { ok: true, objective: confidence === undefined ? own : { ...own, confidence } };
}

/** As measured is what needs no word. */
function treated(objective: Objective, failures: FailureTreatment): Objective {
  return failures === 'as-measured' || !isLatency(objective.indicator)
    ? objective
    : { ...objective, failures };
}

function readQuery({ prometheus, limit }: FullEntry, phase: JudgedPhase): ReadObjective {
  const { query, name } = prometheus;
  const evaluation = readEvaluation(prometheus);
  if (!evaluation.ok) return evaluation;
  const parsed = parsePrometheusLimit(
    limit,
    { query, name: name ?? query, evaluation: evaluation.value },
    phase,
  );
  return parsed.ok ? { ok: true, objective: parsed.value } : wrong(['limit'], limit, parsed.error);
}

function readEvaluation({
  reduce,
  step,
  at,
}: Pick<PrometheusEntry, 'reduce' | 'step' | 'at'>):
  { readonly ok: true; readonly value: Evaluation } | Extract<ReadObjective, { ok: false }> {
  if (at !== undefined) {
    const parsed = parseAt(at);
    if (!parsed.ok) return wrong(['prometheus', 'at'], at, parsed.error);
    return { ok: true, value: { kind: 'instant', at: parsed.value } };
  }
  const text = reduce ?? 'max';
  const parsed = parseReduction(text);
  if (!parsed.ok) return wrong(['prometheus', 'reduce'], text, parsed.error);
  return { ok: true, value: { kind: 'range', stepMs: step ?? DEFAULT_STEP_MS, reduce: parsed.value } };
}

/** What every form may have. */
function withMore(objective: Objective, entry: Entry, phase: JudgedPhase): ReadObjective {
  const { warn, minSamples, weight, description } = entry;
  const parsed = warn === undefined ? undefined : parseWarn(warn, objective, phase);
  if (parsed?.ok === false) return wrong(['warn'], warn ?? '', parsed.error);
  return {
    ok: true,
    objective: {
      ...objective,
      ...(parsed === undefined ? {} : { warn: parsed.warn }),
      ...(minSamples === undefined ? {} : { minSamples }),
      ...(weight === undefined ? {} : { weight }),
      ...(description === undefined ? {} : { description }),
    },
  };
}

function wrong(path: DocumentPath, text: string, error: TextError): Extract<ReadObjective, { ok: false }> {
  return { ok: false, path, text, error };
}
