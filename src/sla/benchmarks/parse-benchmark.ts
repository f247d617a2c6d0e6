import { parseDuration, UnitError } from '../../shared/units.js';
import { exact } from '../exact-number.js';
import type { BenchmarkIndicator, Limit } from '../objective.js';
import { parseLimit } from '../parse-limit.js';
import type { Piece, TextScanner } from '../text-scanner.js';
import { refuse } from '../text-scanner.js';

const EXAMPLE = 'bench("BenchmarkSubmit", "ns/op")';

/** Reads `bench("BenchmarkSubmit", "p95-ms")` where it stands; undefined where something else does. */
export function takeBenchmark(
  scanner: TextScanner,
): { readonly indicator: BenchmarkIndicator; readonly piece: Piece } | undefined {
  const word = scanner.take(/bench(?=\s*\()/y);
  if (word === undefined) return undefined;
  const names = scanner.take(/\(\s*"([^"]*)"\s*,\s*"([^"]*)"\s*\)/y);
  if (names === undefined) {
    const rest = scanner.rest();
    refuse(rest, `a benchmark is named with its unit, both in double quotes: ${EXAMPLE}`);
  }
  const piece = { ...word, end: names.end };
  const [name = '', unit = ''] = names.groups;
  if (!name.startsWith('Benchmark')) {
    refuse(names, `the name of a benchmark begins with "Benchmark", as Go prints it: ${EXAMPLE}`);
  }
  if (unit === '' || /\s/.test(unit)) {
    refuse(names, `say which of its units is meant, as Go prints it: ${EXAMPLE}`);
  }
  return { indicator: { kind: 'bench', name, unit }, piece };
}

/** Reads a limit: an amount, or one that relates to another reading, as parseLimit() has it. */
export function parseBenchmarkLimit({ unit }: BenchmarkIndicator, piece: Piece): Limit {
  if (piece.text === '') refuse(piece, `a limit is missing; ${howToWrite(unit)}`);
  return parseLimit(piece, 'plain', (amount) => parseAmount(unit, amount));
}

/** An amount in the benchmark's unit: `350`, `350 p95-ms`, or `350ms` where the unit is one of time. */
function parseAmount(unit: string, piece: Piece): number {
  const number = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(.*)$/.exec(piece.text);
  if (number?.[2] === '' || number?.[2] === unit) return exact(Number(number[1]));
  const unitMs = millisecondsOf(unit);
  try {
    if (unitMs !== undefined) return exact(parseDuration(piece.text) / unitMs);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
  }
  refuse(piece, howToWrite(unit));
}

function howToWrite(unit: string): string {
  const ways = [
    `a plain number in ${unit} (350)`,
    ...(millisecondsOf(unit) === undefined ? [] : ['a time (350ms)']),
  ];
  return `a benchmark is held against ${ways.join(' or ')}`;
}

/** The length of a unit of time: `ns/op`, `p95-ms`, `sec/op`. Undefined for any other, `orders/s` too. */
function millisecondsOf(unit: string): number | undefined {
  const time = /(?:^|[-_])(ns|us|µs|ms|sec|s)(?:\/op)?$/.exec(unit)?.[1];
  return time === undefined ? undefined : parseDuration(`1${time === 'sec' ? 's' : time}`);
}
