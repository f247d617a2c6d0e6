import type { Finding } from '../../../shared/finding.js';
import { didYouMean } from '../../../shared/nearest-name.js';
import { parseDuration, UnitError } from '../../../shared/units.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Reads the fields of a manifest's spec, and keeps what is wrong with them instead of stopping at the first. */
export interface FieldReader {
  readonly refusals: readonly Finding[];
  /** The field is not what Chaos Mesh would take. */
  invalid(path: string, message: string, remedy?: string): void;
  /** Chaos Mesh would take it, but a proxy on this machine cannot do it. */
  needsCluster(path: string, reason: string): void;
  /** Every field that is not among the names is invalid. */
  onlyKnown(fields: Fields, path: string, names: readonly string[]): void;
  text(fields: Fields, path: string, name: string): string | undefined;
  whole(fields: Fields, path: string, name: string, least: number, most: number): number | undefined;
  durationMs(fields: Fields, path: string, name: string): number | undefined;
  /** A percentage as netem takes it, `"25"`; returns a share of 1. */
  percent(fields: Fields, path: string, name: string): number | undefined;
  object(fields: Fields, path: string, name: string): Fields | undefined;
}

export function createFieldReader(): FieldReader {
  const refusals: Finding[] = [];

  function invalid(path: string, message: string, remedy = ''): void {
    refusals.push({ severity: 'stop', code: 'invalid-field', message: `${path}: ${message}`, remedy });
  }

  function text(fields: Fields, path: string, name: string): string | undefined {
    const value = fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    invalid(`${path}.${name}`, `a text is expected, not ${typeName(value)}`, `write ${name}: "..."`);
    return undefined;
  }

  return {
    refusals,
    invalid,
    needsCluster(path, reason) {
      refusals.push({
        severity: 'stop',
        code: 'needs-a-cluster',
        message: `${path}: ${reason}`,
        remedy: 'run it in a cluster environment, or leave it out',
      });
    },
    onlyKnown(fields, path, names) {
      for (const name of Object.keys(fields)) {
        if (!names.includes(name)) invalid(`${path}.${name}`, `unknown field${didYouMean(name, names)}`);
      }
    },
    text,
    whole(fields, path, name, least, most) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
        return value;
      invalid(`${path}.${name}`, `a whole number from ${least} to ${most} is expected`);
      return undefined;
    },
    durationMs(fields, path, name) {
      const value = text(fields, path, name);
      if (value === undefined) return undefined;
      try {
        return parseDuration(value);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        invalid(`${path}.${name}`, `cannot read "${value}": ${error.message}`);
        return undefined;
      }
    },
    percent(fields, path, name) {
      const value = text(fields, path, name);
      if (value === undefined) return undefined;
      const share = /^\d+(\.\d+)?$/.test(value) ? Number(value) / 100 : Number.NaN;
      if (share >= 0 && share <= 1) return share;
      invalid(`${path}.${name}`, `cannot read "${value}": write a percentage without its sign, "0" to "100"`);
      return undefined;
    },
    object(fields, path, name) {
      const value = fields[name];
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'object' && !Array.isArray(value)) return value as Fields;
      invalid(`${path}.${name}`, `fields are expected, not ${typeName(value)}`);
      return undefined;
    },
  };
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
