import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createCsvScanner } from '../../../../src/bench/k6/scan-csv-rows.js';
import { createRowScanner } from '../../../../src/bench/k6/scan-rows.js';
import { packageRoot } from '../../../../src/shared/package-root.js';
import { recordRows, scanChunks, type ToldRow } from '../../../support/told-rows.js';

const SYSTEM_TAGS = ['expected_response', 'method', 'name', 'scenario', 'status'];
const HEADER = `metric_name,timestamp,metric_value,${SYSTEM_TAGS.join(',')},extra_tags,metadata\n`;
const TAIL = 'true,GET,a,load,200,,vu=7';

function fixture(name: string): Buffer {
  return readFileSync(join(packageRoot, 'test/fixtures/k6', name));
}

function scan(chunks: readonly Uint8Array[], wanted: readonly string[] = []): readonly ToldRow[] {
  const { rows, unreadable } = scanChunks(chunks, (taker) => createCsvScanner(taker, new Set(wanted)));
  expect(unreadable).to.equal(0);
  return rows;
}

function scanText(text: string, wanted: readonly string[] = []): readonly ToldRow[] {
  return scan([Buffer.from(HEADER + text)], wanted);
}

/** What both formats tell: no tags of the script, and times that both can hold. */
function comparable(rows: readonly ToldRow[]): readonly object[] {
  const rounded = (ms: number): number => Math.round(ms * 100) / 100;
  return rows.map((row) => ({
    ...row,
    ...('atMs' in row ? { atMs: rounded(row.atMs) } : {}),
    ...('tags' in row
      ? {
          tags: {
            ...row.tags,
            all: Object.fromEntries(
              Object.entries(row.tags.all).filter(([key]) => SYSTEM_TAGS.includes(key)),
            ),
          },
        }
      : {}),
  }));
}

describe('createCsvScanner', () => {
  for (const version of ['1.8.1', '2.2.0']) {
    describe(`with rows of k6 ${version}`, () => {
      const bytes = fixture(`rows-${version}.csv`);
      const whole = scan([bytes]);

      for (const wanted of [
        [],
        ['http_req_duration', 'http_req_waiting', 'http_req_failed', 'data_sent', 'vus'],
      ]) {
        it(`reads what the JSON of the same run says, with ${wanted.length} metrics wanted`, () => {
          const { taker, rows } = recordRows();
          createRowScanner(taker, new Set(wanted)).push(fixture(`rows-${version}-beside-csv.jsonl`));
          expect(rows.length).to.be.greaterThan(50);
          expect(comparable(scan([bytes], wanted))).to.have.deep.members(comparable(rows));
        });
      }

      it('reads names with quotes, commas, line breaks and any letters', () => {
        const names = whole.flatMap((row) => (row.kind === 'request' ? [row.tags.name] : []));
        expect(names).to.include.members([
          'café "q", \\ },"metadata":{ <&>\n😀\nhttp_req_duration,1',
          'b, c',
          'refused',
        ]);
      });

      it('reads the same wherever the bytes are cut', () => {
        expect(scan(Array.from(bytes, (byte) => Uint8Array.of(byte)))).to.deep.equal(whole);
        const cuts = fc.array(fc.nat(bytes.length), { maxLength: 40 });
        fc.assert(
          fc.property(cuts, (positions) => {
            const borders = [0, ...positions.sort((a, b) => a - b), bytes.length];
            expect(
              scan(borders.slice(1).map((end, index) => bytes.subarray(borders[index], end))),
            ).to.deep.equal(whole);
          }),
          { numRuns: 10 },
        );
      });
    });
  }

  it('reads values as Number() does', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const written = value.toFixed(6);
        const rows = scanText(`dropped_iterations,1764061000123456789,${written},${TAIL}\n`);
        expect(rows).to.deep.equal([{ kind: 'dropped', atMs: 1764061000123.4568, value: Number(written) }]);
      }),
    );
  });

  it('does not take a row for one of the same request where it is shorter', () => {
    const row = (metric: string, value: string, tail = TAIL): string =>
      `${metric},1764061000123456789,${value},${tail}\n`;
    const rows = scanText(
      row('http_req_duration', '3.000000') +
        row('http_req_blocked', '1.000000') +
        row('http_req_connecting', '0.000000', ',,,,,,') +
        row('iterations', '1.000000') +
        row('iterations', '1.000000', `${TAIL}&x=1`),
    );
    expect(rows.map(({ kind }) => kind)).to.deep.equal(['request', 'iteration', 'iteration']);
    expect(rows[0]).to.include({ totalMs: 4, value: 3, vu: 7, call: 0 });
  });

  it('reads tags by the header that came last', () => {
    const row = 'plimsoll_request,1764061000123456789,-1.000000,GET,b,load,,vu=7\n';
    const header = (first: string, second: string): string =>
      `metric_name,timestamp,metric_value,${first},${second},scenario,extra_tags,metadata\n`;
    const rows = scan([Buffer.from(header('method', 'name') + row + header('name', 'method') + row)]);
    expect(rows.map((told) => (told.kind === 'sent' ? told.tags.name : undefined))).to.deep.equal([
      'b',
      'GET',
    ]);
  });

  it('says of a metric that is wanted what it is, before its first sample', () => {
    const rows = scanText(`data_sent,1764061000000000000,12.000000,${TAIL}\n`, ['data_sent']);
    expect(rows).to.have.length(2);
    expect(rows[0]).to.deep.equal({
      kind: 'declared',
      name: 'data_sent',
      type: 'counter',
      contains: 'data',
    });
  });

  it('counts rows that are not as k6 writes them, and reads on', () => {
    const { taker, rows } = recordRows();
    const scanner = createCsvScanner(taker);
    scanner.push(Buffer.from(`${HEADER}vus,soon,1.000000,,,,,,,\nvus,1764061000000000000,1.000000\n`));
    scanner.push(Buffer.from('noise\n\nvus,1764061000000000000,1.000000,,,,,,,\n'));
    expect(rows).to.have.length(1);
    expect(scanner.unreadable).to.equal(2);
  });
});
