import type { z } from 'zod';
import { didYouMean } from '../shared/nearest-name.js';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a set of fields',
  record: 'a set of fields',
};

/** What a type is called towards the author of a file. */
export function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

/** What a value is, towards the author of the file that holds it. */
export function nounOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'text' : 'a set of fields';
}

export function wrongType(here: string, expected: string, found: unknown): string {
  if (found === null) return `${here} is empty; it must be ${typeName(expected)}`;
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) {
    return `${here} must be text; put it in quotes: "${String(found)}"`;
  }
  return `${here} must be ${typeName(expected)}, not ${nounOf(found)}${hintFor(expected, found)}`;
}

/** What the author most likely has to write instead. */
function hintFor(expected: string, found: unknown): string {
  const text = typeof found === 'string' ? found.trim() : '';
  const isNumber = expected === 'number' || expected === 'int';
  if (isNumber && /^\d+(\.\d+)?$/.test(text)) return `; take it out of its quotes: ${text}`;
  if (isNumber && /^\d+(\.\d+)?%$/.test(text)) return `; write ${text} as ${shareOf(text)}`;
  if (expected === 'array') return '; write it like [one, two]';
  const isFields = expected === 'record' || expected === 'object';
  return isFields ? '; write it like {name: value}' : '';
}

/** `0.8` of `80%`, without the dust of binary fractions. */
function shareOf(percentage: string): number {
  return Number((Number.parseFloat(percentage) / 100).toPrecision(12));
}

export function wrongValue(here: string, values: readonly unknown[], found: unknown): string {
  const words = values.map(String);
  if (typeof found !== 'string') return `${here} must be ${oneOf(words)}, not ${nounOf(found)}`;
  return `${here} must be ${oneOf(words)}, not "${found}"${words.length === 1 ? '' : didYouMean(found, words)}`;
}

/** `"pass"`, or `one of "one", "all"`. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`).join(', ');
  return words.length === 1 ? quoted : `one of ${quoted}`;
}

export function outOfRange(here: string, issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const least = issue.code === 'too_small';
  const bound = String(least ? issue.minimum : issue.maximum);
  const side = least ? 'at least' : 'at most';
  if (issue.origin === 'string' && least && bound === '1') return `${here} must not be empty`;
  if (issue.origin === 'string') return `${here} must have ${side} ${bound} letters`;
  if (issue.origin === 'array' && least && bound === '1') return `${here} needs at least one entry`;
  if (issue.origin === 'array') return `${here} must have ${side} ${bound} entries`;
  if (issue.inclusive === false) return `${here} must be ${least ? 'more' : 'less'} than ${bound}`;
  return `${here} must be ${side} ${bound}`;
}
