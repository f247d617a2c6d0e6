import { didYouMean } from '../shared/nearest-name.js';
import { parseDuration, parsePercentage, parseRate, UnitError } from '../shared/units.js';
import { exact } from './exact-number.js';
import type { IndicatorUnit, Limit } from './objective.js';
import type { Piece } from './text-scanner.js';
import { refuse } from './text-scanner.js';

const REFERENCES = ['steady', 'baseline'] as const;
type Reference = (typeof REFERENCES)[number];

/** `3x steady`, `3 x of steady`, `110% of baseline`. */
const RATIO = /^(\d+(?:\.\d+)?)\s*(?:(x)\s*(?:of\s+)?|%\s*of\s+)([a-z]+)$/i;
/** `steady`, `steady + 250ms`, `steady - 5/s`. */
const OFFSET = /^([a-z]+)\s*(?:([+-])\s*(.*))?$/i;

/** Reads the limit that is all of the piece. */
export function parseLimit(
  piece: Piece,
  unit: IndicatorUnit,
  readAmount = (amount: Piece): number => parseAbsolute(amount, unit),
): Limit {
  if (piece.text === '') refuse(piece, `a limit is missing; ${howToWrite(unit)}`);
  const ratio = RATIO.exec(piece.text);
  if (ratio !== null) {
    const [, number = '', times, word = ''] = ratio;
    const factor = exact(Number(number) / (times === undefined ? 100 : 1));
    return { kind: 'ratio', factor, of: referenceOf(partOf(piece, word), word) };
  }
  const offset = OFFSET.exec(piece.text);
  if (offset === null) return { kind: 'absolute', value: readAmount(piece) };
  const [, word = '', sign, amount = ''] = offset;
  const of = referenceOf(partOf(piece, word), word);
  if (sign === undefined) return { kind: 'ratio', factor: 1, of };
  const rest = partOf(piece, amount);
  if (unit !== 'share' && /^\d+(\.\d+)?\s*%$/.test(amount)) {
    const percent = Number.parseFloat(amount);
    const whole = sign === '+' ? 100 + percent : 100 - percent;
    refuse(rest, `a share of the ${of} reading is written as "${whole}% of ${of}"`);
  }
  const plus = readAmount(rest);
  return { kind: 'offset', plus: sign === '+' ? plus : -plus, of };
}

/** A quantity in the indicator's unit. */
export function parseAbsolute(piece: Piece, unit: IndicatorUnit): number {
  try {
    return exact(quantityOf(piece.text, unit));
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    refuse(piece, howToWrite(unit));
  }
}

function quantityOf(text: string, unit: IndicatorUnit): number {
  switch (unit) {
    case 'us':
      return parseDuration(text) * 1000;
    case 'ms':
      return parseDuration(text);
    case 'share':
      return shareOf(text);
    case 'per-second':
      return parseRate(text);
    case 'count':
      return numberOf(text, /^\d+$/);
    case 'plain':
      return numberOf(text, /^-?\d+(\.\d+)?$/);
  }
}

function shareOf(text: string): number {
  const share = parsePercentage(text);
  if (share > 1) throw new UnitError('more than all');
  return share;
}

function numberOf(text: string, pattern: RegExp): number {
  if (!pattern.test(text)) throw new UnitError('not a number');
  return Number(text);
}

function howToWrite(unit: IndicatorUnit): string {
  switch (unit) {
    case 'us':
      return 'a latency needs a unit (350ms, 0.35s)';
    case 'ms':
      return 'a length of time needs a unit (15s, 800ms)';
    case 'share':
      return 'a share is a percentage of at most 100 (1%, 0.1%)';
    case 'per-second':
      return 'a rate is a number per time (50/s, 3000/m)';
    case 'count':
      return 'a count is a whole number (0, 10)';
    case 'plain':
      return 'it is held against a number (10, 0.5)';
  }
}

function referenceOf(piece: Piece, word: string): Reference {
  const reference = REFERENCES.find((name) => name === word);
  if (reference !== undefined) return reference;
  const hint = didYouMean(word, REFERENCES);
  refuse(
    piece,
    `there is nothing called "${word}" to relate to${hint === '' ? '; there are "steady" and "baseline"' : hint}`,
  );
}

/** The last occurrence of a part within its piece. */
function partOf(piece: Piece, part: string): Piece {
  const start = piece.start + piece.text.lastIndexOf(part);
  return part === ''
    ? { ...piece, start: piece.end, text: part }
    : { text: part, start, end: start + part.length, groups: [] };
}
