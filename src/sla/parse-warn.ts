import { isCeiling } from './compare.js';
import { unitOf } from './describe-indicator.js';
import type { JudgedPhase, Limit, Objective } from './objective.js';
import { parseLimit } from './parse-limit.js';
import { refuseSenseless } from './parse-objective.js';
import type { Piece, TextError } from './text-scanner.js';
import { readOrRefuse, refuse, scanText } from './text-scanner.js';

export type ParsedWarn =
  { readonly ok: true; readonly warn: Limit } | { readonly ok: false; readonly error: TextError };

/** Reads the warn limit of an objective of that phase: a limit alone, nearer than the objective's own. */
export function parseWarn(text: string, objective: Objective, phase: JudgedPhase): ParsedWarn {
  const parsed = readOrRefuse(() => readWarn(text, objective, phase));
  return parsed.ok ? { ok: true, warn: parsed.value } : parsed;
}

function readWarn(text: string, objective: Objective, phase: JudgedPhase): Limit {
  const scanner = scanText(text);
  const comparator = scanner.take(/[<>=!~≤≥]+/y);
  if (comparator !== undefined) {
    refuse(
      comparator,
      `a warn limit stands alone, and is compared by the "${objective.comparator}" of its objective`,
    );
  }
  const rest = scanner.rest();
  const warn = parseLimit(rest, unitOf(objective.indicator));
  refuseSenseless(objective.indicator, warn, phase, rest);
  refuseFarther(rest, warn, objective);
  return warn;
}

/** A warning that could only come together with a breach warns of nothing. */
function refuseFarther(rest: Piece, warn: Limit, { limit, comparator }: Objective): void {
  const [near, far] = [amountOf(warn), amountOf(limit)];
  const comparable =
    warn.kind === limit.kind &&
    (warn.kind === 'absolute' || limit.kind === 'absolute' || warn.of === limit.of);
  if (!comparable || (isCeiling(comparator) ? near < far : near > far)) return;
  const side = isCeiling(comparator) ? 'below' : 'above';
  refuse(
    rest,
    `a warn limit lies ${side} the limit of its objective, so that it warns before the limit is reached`,
  );
}

function amountOf(limit: Limit): number {
  switch (limit.kind) {
    case 'absolute':
      return limit.value;
    case 'ratio':
      return limit.factor;
    case 'offset':
      return limit.plus;
  }
}
