import { readFile } from 'node:fs/promises';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { EpochMs } from '../../shared/time.js';
import type { Span } from '../phase-windows.js';
import type { Second } from '../second.js';
import { MAGIC, readFrame } from './frame.js';
import type { StoredTape, TapeEnding } from './stored-tape.js';
import { OLDEST_TAPE_VERSION, readRecord, TAPE_VERSION, type TapeRecord } from './tape-record.js';

/** The tape's name in a run's folder. */
export const TAPE_FILE = 'tape.plm';

/**
 * Reads a tape. One that was cut short, by a crash or a full disk, is read to its last whole record, and says so.
 * Rejects with USAGE where it cannot be read, or is damaged: then the error says at which byte.
 */
export async function readTape(path: string): Promise<StoredTape> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new PlimsollError('USAGE', `the tape ${path} cannot be read: ${messageOf(cause)}`, {
      remedy: `name the ${TAPE_FILE} of a run, its folder, or its id`,
      cause,
    });
  }
  return parseTape(bytes, path);
}

/** @throws {PlimsollError} USAGE where it is no tape, or damaged. */
export function parseTape(bytes: Buffer, path: string): StoredTape {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    if (MAGIC.subarray(0, bytes.length).equals(bytes)) throw holdsNothing(path);
    throw new PlimsollError(
      'USAGE',
      `${path} is no tape of Plimsoll: it does not begin with "${String(MAGIC)}"`,
      {
        remedy: `name the ${TAPE_FILE} of a run, as Plimsoll wrote it`,
      },
    );
  }
  const { records, wholeBytes } = readRecords(bytes, path);
  const [header, ...rest] = records;
  if (header === undefined) throw holdsNothing(path);
  if (header.type !== 'header') throw damaged(path, MAGIC.length, 'the first record is no header');
  if (!(header.version >= OLDEST_TAPE_VERSION && header.version <= TAPE_VERSION)) {
    throw new PlimsollError(
      'USAGE',
      `${path} is a tape of version ${header.version}; this Plimsoll reads versions ${OLDEST_TAPE_VERSION} to ${TAPE_VERSION}`,
      { remedy: 'read it with the version of Plimsoll that wrote it' },
    );
  }
  const borders = rest.filter((record) => record.type === 'border');
  if (borders.length === 0) throw holdsNothing(path);
  const seconds = secondsOf(rest);
  const endpoints = rest.filter((record) => record.type === 'endpoint').map(({ endpoint }) => endpoint);
  const metrics = rest.filter((record) => record.type === 'metric').map(({ series }) => series);
  requireKnown(path, seconds, {
    spans: borders.length,
    endpoints: endpoints.length,
    metrics: metrics.length,
  });
  const end = rest.find((record) => record.type === 'end');
  const ending: TapeEnding =
    end !== undefined && wholeBytes === bytes.length
      ? { status: 'whole' }
      : { status: 'cut-short', wholeBytes };
  return {
    runId: header.runId,
    spans: toSpans(borders),
    endpoints,
    metrics,
    seconds,
    endMs: end?.atMs ?? lastMomentOf(borders, seconds),
    ending,
  };
}

function readRecords(
  bytes: Buffer,
  path: string,
): { readonly records: readonly TapeRecord[]; readonly wholeBytes: number } {
  const records: TapeRecord[] = [];
  let atByte = MAGIC.length;
  while (atByte < bytes.length) {
    const frame = readFrame(bytes, atByte);
    if (frame.status === 'cut-short') break;
    if (frame.status === 'damaged') throw damaged(path, atByte, frame.reason);
    try {
      const record = readRecord(frame.body);
      if (record !== undefined) records.push(record);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      throw damaged(path, atByte, thrown.message);
    }
    atByte = frame.nextByte;
  }
  return { records, wholeBytes: atByte };
}

/** The seconds, each with the metrics that stand in front of it. */
function secondsOf(records: readonly TapeRecord[]): readonly Second[] {
  const seconds: Second[] = [];
  let metrics: Second['metrics'] = [];
  for (const record of records) {
    if (record.type === 'values') metrics = record.metrics;
    if (record.type !== 'second') continue;
    seconds.push({ ...record.second, metrics });
    metrics = [];
  }
  return seconds;
}

function requireKnown(
  path: string,
  seconds: readonly Second[],
  known: { readonly spans: number; readonly endpoints: number; readonly metrics: number },
): void {
  const fits = seconds.every(
    ({ span, parts, metrics }) =>
      span < known.spans &&
      parts.every(({ endpoint }) => endpoint < known.endpoints) &&
      metrics.every(({ series }) => series < known.metrics),
  );
  if (fits) return;
  throw new PlimsollError(
    'USAGE',
    `the tape ${path} has a second of a phase, an endpoint or a metric that it does not name`,
    {
      remedy: 'it was not written by Plimsoll, or changed since',
    },
  );
}

function toSpans(
  borders: readonly { readonly phase: Span['phase']; readonly atMs: EpochMs }[],
): readonly Span[] {
  return borders.map(({ phase, atMs }, index) => ({
    phase,
    startMs: atMs,
    endMs: borders[index + 1]?.atMs ?? Infinity,
  }));
}

function lastMomentOf(borders: readonly { readonly atMs: EpochMs }[], seconds: readonly Second[]): EpochMs {
  return Math.max(borders.at(-1)?.atMs ?? 0, seconds.at(-1)?.endMs ?? 0);
}

function holdsNothing(path: string): PlimsollError {
  return new PlimsollError('USAGE', `the tape ${path} ends before its first record`, {
    remedy: 'its run died at once, or could not write; there is nothing to read in it',
  });
}

function damaged(path: string, atByte: number, reason: string): PlimsollError {
  return new PlimsollError('USAGE', `the tape ${path} is damaged at byte ${atByte}: ${reason}`, {
    remedy: 'it was changed since it was written; take another copy, or what is in result.json',
  });
}
