import { parseBenchmarkLimit } from './benchmarks/parse-benchmark.js';
import { nameOf, unitOf } from './describe-indicator.js';
import type { Indicator, JudgedPhase, Limit, Objective } from './objective.js';
import { withUnitOf } from './parse-metric.js';
import { parseComparator, parseIndicator, parseTags } from './parse-indicator.js';
import { parseLimit } from './parse-limit.js';
import type { Piece, TextError } from './text-scanner.js';
import { readOrRefuse, refuse, scanText } from './text-scanner.js';

export type ParsedObjective =
  { readonly ok: true; readonly objective: Objective } | { readonly ok: false; readonly error: TextError };

/** Reads `indicator[{tag="value"}] comparator limit` as an objective of that phase. */
export function parseObjective(text: string, phase: JudgedPhase): ParsedObjective {
  const parsed = readOrRefuse(() => readObjective(text, phase));
  return parsed.ok ? { ok: true, objective: parsed.value } : parsed;
}

function readObjective(text: string, phase: JudgedPhase): Objective {
  const scanner = scanText(text);
  const { indicator: read, piece } = parseIndicator(scanner);
  const tagged = scanner.rest();
  const tags = parseTags(scanner);
  const comparator = parseComparator(scanner);
  const rest = scanner.rest();
  const indicator = withUnitOf(rest, read, piece);
  const limit =
    indicator.kind === 'bench' ? parseBenchmarkLimit(indicator, rest) : parseLimit(rest, unitOf(indicator));
  if (indicator.kind === 'recovery' && phase !== 'recovery') {
    refuse(piece, `the time to recover can be judged in the recovery phase alone, not in the ${phase} phase`);
  }
  if (Object.keys(tags).length > 0 && countsAllTogether(indicator)) {
    refuse(
      { start: tagged.start, end: tagged.start + 1 },
      `"${nameOf(indicator)}" is known for all requests together alone`,
    );
  }
  if (indicator.kind === 'metric' && indicator.check !== undefined && 'check' in tags) {
    refuse({ start: tagged.start, end: tagged.start + 1 }, 'the check is named already');
  }
  refuseSenseless(indicator, limit, phase, rest);
  return { text: text.trim(), indicator, tags, comparator, limit };
}

function countsAllTogether(indicator: Indicator): boolean {
  return indicator.kind === 'dropped' || indicator.kind === 'recovery' || indicator.kind === 'bench';
}

/** Refuses a limit that relates to nothing which could tell. */
export function refuseSenseless(indicator: Indicator, limit: Limit, phase: JudgedPhase, rest: Piece): void {
  if (limit.kind === 'absolute') return;
  if (limit.of === 'steady' && phase === 'steady') {
    refuse(
      rest,
      'the steady phase cannot be held against itself; give an absolute limit, or one of the baseline',
    );
  }
  if (indicator.kind === 'recovery') refuse(rest, 'the time to recover takes an absolute limit (15s)');
}
