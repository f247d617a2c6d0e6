import { parseDuration, UnitError } from '../shared/units.js';
import { nameOf, unitOf } from './describe-indicator.js';
import type { Indicator, StopCondition } from './objective.js';
import { parseComparator, parseIndicator } from './parse-indicator.js';
import { parseAbsolute } from './parse-limit.js';
import type { Piece, TextError } from './text-scanner.js';
import { readOrRefuse, refuse, scanText } from './text-scanner.js';

export type ParsedStopCondition =
  | { readonly ok: true; readonly condition: StopCondition }
  | { readonly ok: false; readonly error: TextError };

/** Reads `indicator comparator limit for time`: `errors > 50% for 5s`. */
export function parseStopCondition(text: string): ParsedStopCondition {
  const parsed = readOrRefuse(() => readStopCondition(text));
  return parsed.ok ? { ok: true, condition: parsed.value } : parsed;
}

function readStopCondition(text: string): StopCondition {
  const scanner = scanText(text);
  const { indicator, piece } = parseIndicator(scanner);
  if (!isSeenLive(indicator)) {
    refuse(
      piece,
      `"${nameOf(indicator)}" is not known second by second; stop on a latency, errors, availability, rate or dropped`,
    );
  }
  const tags = scanner.take(/\{/y);
  if (tags !== undefined) refuse(tags, 'a stop condition looks at all requests together; it takes no tags');
  const comparator = parseComparator(scanner);
  const limit = scanner.take(/[^\s].*?(?=\s+for(?:\s|$)|\s*$)/y) ?? scanner.rest();
  const value = parseAbsolute(limit, unitOf(indicator));
  const forWord = scanner.take(/for(?=\s|$)/y);
  if (forWord === undefined) {
    refuse(limit, 'say how long it must hold before the fault is ended: errors > 50% for 5s');
  }
  return { text: text.trim(), indicator, comparator, limit: value, forMs: parseTime(scanner.rest()) };
}

function isSeenLive(indicator: Indicator): boolean {
  return !['recovery', 'metric', 'prometheus', 'bench'].includes(indicator.kind);
}

function parseTime(piece: Piece): number {
  try {
    const forMs = parseDuration(piece.text);
    if (forMs >= 1000) return forMs;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    refuse(piece, 'not a duration; write it like 5s');
  }
  refuse(piece, 'it is looked at once a second; ask for 1s at least');
}
