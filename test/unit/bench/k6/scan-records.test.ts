import { expect } from 'chai';
import fc from 'fast-check';
import { createK6Rows } from '../../../../src/bench/k6/k6-rows.js';
import { createRecordScanner, RECORDS_MAGIC } from '../../../../src/bench/k6/scan-records.js';
import { READS_NOTHING } from '../../../../src/bench/load-reads.js';
import { scanChunks, type ToldRow } from '../../../support/told-rows.js';

const AT_MS = 1_780_000_000_123.25;

function record(
  kind: number,
  numbers: readonly number[],
  floats: readonly number[] = [],
  json?: object,
): Buffer {
  const text = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json));
  const head = Buffer.alloc(1 + 4 * numbers.length + (json === undefined ? 0 : 4) + 8 * floats.length);
  let at = head.writeUInt8(kind);
  for (const number of numbers) at = head.writeUInt32LE(number, at);
  if (json !== undefined) at = head.writeUInt32LE(text.length, at);
  for (const float of floats) at = head.writeDoubleLE(float, at);
  return Buffer.concat([head, text]);
}

const TAGS = { name: 'größe', method: 'GET', status: '200', expected_response: 'true', scenario: 'load' };
const BYTES = Buffer.concat([
  RECORDS_MAGIC,
  record(1, [0], [], TAGS),
  record(7, [], [AT_MS]),
  record(4, [0, 3], [AT_MS]),
  record(3, [0, 3], [AT_MS + 5, 5, 4.5]),
  record(5, [3], [AT_MS + 6]),
  record(2, [0], [], { name: 'queue_wait', type: 'trend', contains: 'time' }),
  record(9, [0, 0], [AT_MS + 7, -0.125]),
  record(6, [], [AT_MS + 9, 2]),
  record(8, [], [AT_MS + 10]),
]);

function scan(chunks: readonly Uint8Array[]): readonly ToldRow[] {
  return scanChunks(chunks, createRecordScanner).rows;
}

describe('createRecordScanner', () => {
  const whole = scan([BYTES]);

  it('tells each kind of record', () => {
    const tags = {
      name: 'größe',
      method: 'GET',
      status: 200,
      expected: true,
      inLoad: true,
      all: TAGS,
    };
    expect(whole).to.deep.equal([
      { kind: 'ready', atMs: AT_MS },
      { kind: 'sent', tags, vu: 0, call: 3, atMs: AT_MS, value: -1_000_000 },
      { kind: 'request', tags, vu: 0, call: 3, atMs: AT_MS + 5, totalMs: 5, value: 4.5 },
      { kind: 'over', vu: 0, call: 3, atMs: AT_MS + 6 },
      { kind: 'declared', name: 'queue_wait', type: 'trend', contains: 'time' },
      { kind: 'metric', name: 'queue_wait', tags, atMs: AT_MS + 7, value: -0.125 },
      { kind: 'dropped', atMs: AT_MS + 9, value: 2 },
      { kind: 'tick', atMs: AT_MS + 10 },
    ]);
  });

  it('tells the same where the bytes are cut in two at any place', () => {
    for (let at = 0; at <= BYTES.length; at++) {
      expect(scan([BYTES.subarray(0, at), BYTES.subarray(at)])).to.deep.equal(whole);
    }
  });

  it('tells the same where they are cut into many parts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(BYTES.length), { maxLength: 40 }), (cuts) => {
        const borders = [0, ...cuts.toSorted((a, b) => a - b), BYTES.length];
        const chunks = borders.slice(1).map((end, index) => BYTES.subarray(borders[index], end));
        expect(scan(chunks)).to.deep.equal(whole);
      }),
    );
  });
});

describe('records of a k6 that was built with another version', () => {
  const refusalOf = (bytes: Uint8Array): string | undefined => {
    const rows = createK6Rows(READS_NOTHING);
    rows.push(bytes);
    return rows.refused()?.remedy;
  };

  it('are refused, with what to do', () => {
    expect(refusalOf(BYTES)).to.equal(undefined);
    const other = 'build k6 again from the folder k6-extension of this Plimsoll, or use one without it';
    expect(refusalOf(Buffer.from('PLK6\u0001xxxxxxxxx'))).to.equal(other);
    expect(refusalOf(Buffer.concat([RECORDS_MAGIC, record(10, [1])]))).to.equal(other);
    // A record of tags that nobody has told.
    expect(refusalOf(Buffer.concat([RECORDS_MAGIC, record(4, [5, 1], [AT_MS])]))).to.equal(other);
  });
});
