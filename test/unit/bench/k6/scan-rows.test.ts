import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createRowScanner } from '../../../../src/bench/k6/scan-rows.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { recordRows, scanChunks, type ToldRow } from '../../../support/told-rows.js';

function fixture(version: string): Buffer {
  return readFileSync(join(packageRoot, `test/fixtures/k6/rows-${version}.jsonl`));
}

function scan(...chunks: readonly Uint8Array[]): readonly ToldRow[] {
  const { rows, unreadable } = scanChunks(chunks, (taker) => createRowScanner(taker));
  expect(unreadable).to.equal(0);
  return rows;
}

/** What the rows say, read the slow way. */
function readWithJson(text: string): { finished: number; sent: number; totals: readonly number[] } {
  const points = text
    .split('\n')
    .filter((line) => line.includes('"type":"Point"'))
    .map((line) => JSON.parse(line) as { metric: string; data: { value: number } });
  const values = (metric: string): readonly number[] =>
    points.filter((point) => point.metric === metric).map(({ data }) => data.value);
  const blocked = values('http_req_blocked');
  return {
    finished: values('http_reqs').length,
    sent: values('plimsoll_request').filter((value) => value === 1).length,
    totals: values('http_req_duration').map((duration, index) => duration + (blocked[index] ?? Number.NaN)),
  };
}

const NAME = 'café "q" \\ },"metadata":{ <&>\n😀';

describe('createRowScanner', () => {
  for (const version of ['1.8.1', '2.2.0']) {
    describe(`with rows of k6 ${version}`, () => {
      const bytes = fixture(version);
      const whole = scan(bytes);
      const requests = whole.filter((row) => row.kind === 'request');

      it('reads what parsing every row as JSON reads', () => {
        const slow = readWithJson(bytes.toString());
        expect(requests.map(({ totalMs }) => totalMs)).to.deep.equal(slow.totals);
        expect(requests).to.have.length(slow.finished);
        expect(whole.filter((row) => row.kind === 'sent')).to.have.length(slow.sent);
      });

      it('reads names with quotes, braces, line breaks and any letters', () => {
        const named = requests.filter(({ tags }) => tags.name === NAME);
        for (const { tags } of named) {
          expect(tags).to.include({ name: NAME, method: 'GET', status: 500, expected: false, inLoad: true });
        }
        expect(named).to.have.length(2);
      });

      it('tells requests of setup and teardown from the load', () => {
        const outside = requests.filter(({ tags }) => !tags.inLoad).map(({ tags }) => tags.name);
        expect(outside.map((name) => new URL(name).pathname)).to.deep.equal(['/setup', '/teardown']);
      });

      it('ties the rows of one call together', () => {
        const calls = (kind: ToldRow['kind']): readonly string[] =>
          whole.flatMap((row) => (row.kind === kind && 'call' in row ? [`${row.vu}/${row.call}`] : []));
        expect(calls('request').every((call) => calls('sent').includes(call))).to.equal(true);
      });

      it('reads a time to the microsecond', () => {
        const line = bytes
          .toString()
          .split('\n')
          .find((text) => text.includes('http_req_duration","type":"Point'));
        const written = /"time":"([^"]+)"/.exec(line ?? '')?.[1] ?? '';
        const fraction = Number(`0.${/\.(\d+)/.exec(written)?.[1] ?? ''}`);
        const [first] = requests;
        expect(first?.atMs).to.be.closeTo(
          Math.floor(Date.parse(written) / 1000) * 1000 + fraction * 1000,
          0.001,
        );
      });

      it('reads the same wherever the bytes are cut', () => {
        expect(scan(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).to.deep.equal(whole);
        const cuts = fc.array(fc.nat(bytes.length), { maxLength: 40 });
        fc.assert(
          fc.property(cuts, (positions) => {
            const borders = [0, ...positions.sort((a, b) => a - b), bytes.length];
            const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
            expect(scan(...chunks)).to.deep.equal(whole);
          }),
          { numRuns: 20 },
        );
      });

      it('reads the same with one cut at any byte of a request with an awkward name', () => {
        const start = bytes.indexOf('{"metric":"http_reqs"', bytes.indexOf('caf') - 400);
        const excerpt = bytes.subarray(
          start,
          bytes.indexOf('\n', bytes.lastIndexOf('caf', start + 4000)) + 1,
        );
        const expected = scan(excerpt);
        expect(expected).to.not.be.empty;
        for (let cut = 0; cut <= excerpt.length; cut += 1) {
          expect(scan(excerpt.subarray(0, cut), excerpt.subarray(cut))).to.deep.equal(expected);
        }
      });
    });
  }

  it('takes what waits for a connection into the total once, not twice', () => {
    const [request] = scan(requestRows({ duration: 3, blocked: 5, connecting: 4 }));
    expect(request).to.include({ kind: 'request', totalMs: 8 });
  });

  it('reads times of any zone, with and without fractions', () => {
    const at = (time: string): number | undefined => {
      const [row] = scan(
        Buffer.from(`{"metric":"vus","type":"Point","data":{"time":"${time}","value":1,"tags":{}}}\n`),
      );
      return row?.kind === 'tick' ? row.atMs : undefined;
    };
    const noon = Date.parse('2026-11-23T12:00:00Z');
    expect(at('2026-11-23T12:00:00Z')).to.equal(noon);
    expect(at('2026-11-23T12:00:00.5Z')).to.equal(noon + 500);
    expect(at('2026-11-23T17:30:00.25+05:30')).to.equal(noon + 250);
    expect(at('2026-11-23T07:00:00.000000001-05:00')).to.be.closeTo(noon, 0.001);
  });

  it('reads values as Number() does, in the first row and in the next', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const row =
          '{"metric":"dropped_iterations","type":"Point","data":{"time":"2026-11-23T12:00:00Z","value":' +
          `${String(value)},"tags":{"scenario":"a"}}}\n`;
        const values = scan(Buffer.from(row + row)).map((told) =>
          told.kind === 'dropped' ? told.value : NaN,
        );
        expect(values).to.deep.equal([Number(String(value)), Number(String(value))]);
      }),
    );
  });

  it('counts rows that are not as k6 writes them, and reads on', () => {
    const { taker, rows } = recordRows();
    const scanner = createRowScanner(taker);
    scanner.push(Buffer.from('{"metric":"vus","kind":"new"}\n\nnoise\n{"metric":"v\n'));
    scanner.push(
      Buffer.from(
        '{"metric":"vus","type":"Point","data":{"time":"2026-11-23T12:00:00Z","value":1,"tags":{}}}\n',
      ),
    );
    expect(rows).to.have.length(1);
    expect(scanner.unreadable).to.equal(1);
  });
});

function requestRows(values: { duration: number; blocked: number; connecting: number }): Buffer {
  const row = (metric: string, value: number): string =>
    `{"metric":"${metric}","type":"Point","data":{"time":"2026-11-23T12:00:00Z","value":${value},` +
    `"tags":{"method":"GET","name":"x","scenario":"a","status":"200"},"metadata":{"vu":"1"}}}\n`;
  const rows = [
    row('http_req_duration', values.duration),
    row('http_req_blocked', values.blocked),
    row('http_req_connecting', values.connecting),
    row('iterations', 1),
  ];
  return Buffer.from(rows.join(''));
}
