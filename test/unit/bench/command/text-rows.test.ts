import { expect } from 'chai';
import fc from 'fast-check';
import { createTextRows, type TextFormat } from '../../../../src/bench/command/text-rows.js';
import type { RowSource } from '../../../../src/bench/process/serve-rows.js';
import type { RowFields } from '../../../../src/bench/row-format.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../../src/bench/sample-batch.js';

const STARTED_MS = Date.parse('2026-11-23T06:00:00Z');
const FIELDS: RowFields = {
  start: { field: 'start', unit: 'ms', epoch: 'unix' },
  duration: { field: 'duration', unit: 'ms' },
  success: { by: 'ok', field: 'ok' },
};

function aSource(format: TextFormat): RowSource {
  return createTextRows(format, () => ({ startedMs: STARTED_MS, maxDurationMs: 600_000 }));
}

function ndjson(fields: Partial<RowFields> = {}): TextFormat {
  return { kind: 'ndjson', fields: { ...FIELDS, ...fields } };
}

function csv(fields: Partial<RowFields> = {}, columns?: readonly string[]): TextFormat {
  return {
    kind: 'csv',
    delimiter: ',',
    fields: { ...FIELDS, ...fields },
    ...(columns === undefined ? {} : { columns }),
  };
}

/** All that a source makes of chunks of output. */
function read(format: TextFormat, ...chunks: readonly (string | Uint8Array)[]) {
  const source = aSource(format);
  for (const chunk of chunks) {
    const own = typeof chunk === 'string' ? Buffer.from(chunk) : Uint8Array.from(chunk);
    source.push(own);
    own.fill(0); // a reader uses its buffer again
  }
  source.end();
  const { count, startMs, latencyUs, endpoint, result, newEndpoints, readyAtMs, latestMs } = source.collect();
  return {
    samples: Array.from({ length: count }, (_, index) => ({
      atMs: startMs[index]! - STARTED_MS,
      latencyMs: latencyUs[index]! / 1000,
      endpoint: newEndpoints[endpoint[index]!]?.name,
      result: result[index],
    })),
    readyAtMs,
    latestMs,
    unreadable: source.unreadable(),
    refused: source.refused(),
  };
}

function line(fields: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ start: STARTED_MS + 1000, duration: 8.5, ok: true, ...fields })}\n`;
}

describe('createTextRows', () => {
  it('makes a sample of each line of JSON', () => {
    const { samples, readyAtMs, latestMs, unreadable } = read(
      ndjson(),
      line(),
      line({ start: STARTED_MS + 2000, ok: false }),
    );
    expect(samples).to.deep.equal([
      { atMs: 1000, latencyMs: 8.5, endpoint: 'requests', result: RESULT_OK },
      { atMs: 2000, latencyMs: 8.5, endpoint: 'requests', result: RESULT_FAILED_RESPONSE },
    ]);
    expect(readyAtMs).to.equal(STARTED_MS + 1000);
    expect(latestMs).to.equal(STARTED_MS + 2008.5);
    expect(unreadable).to.deep.equal({ count: 0 });
  });

  it('makes the same of the same bytes, cut anywhere', () => {
    const formats: readonly [TextFormat, string][] = [
      [
        ndjson({ endpoint: 'name' }),
        line({ name: 'café 😀' }) + 'not a row\n' + line({ name: 'b' }) + line(),
      ],
      [
        csv({ endpoint: 'name' }),
        `start,duration,ok,name\r\n${STARTED_MS},5,true,"é,\n""b"""\r\n\n${STARTED_MS},x,1,c\n${STARTED_MS},7,0,d`,
      ],
    ];
    for (const [format, text] of formats) {
      const bytes = Buffer.from(text);
      const whole = read(format, bytes);
      expect(whole.samples.length).to.be.greaterThan(1);
      expect(whole.unreadable.count).to.equal(1);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
          const borders = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
          expect(read(format, ...chunks)).to.deep.equal(whole);
        }),
      );
    }
  });

  it('reads the columns that the header names, in any order', () => {
    const { samples } = read(csv(), `ok,other,duration,start\nfalse,,3,${STARTED_MS + 1}\n`);
    expect(samples).to.deep.equal([
      { atMs: 1, latencyMs: 3, endpoint: 'requests', result: RESULT_FAILED_RESPONSE },
    ]);
  });

  it('reads rows of vegeta, in nanoseconds and without a header', () => {
    const columns = ['timestamp', 'code', 'latency', 'out', 'in', 'error', 'body', 'attack', 'seq'];
    const vegeta = csv(
      {
        start: { field: 'timestamp', unit: 'ns', epoch: 'unix' },
        duration: { field: 'latency', unit: 'ns' },
        success: { by: 'status', field: 'code' },
      },
      columns,
    );
    const at = `${STARTED_MS + 10}000000`;
    const { samples, unreadable } = read(
      vegeta,
      `${at},201,8500000,26,80,,e30=,,0\n${at},503,1000000,26,0,503 Service Unavailable,,,1\n${at},0,2000000000,0,0,"Post ""x"": timeout",,,2\n`,
    );
    expect(unreadable.count).to.equal(0);
    expect(
      samples.map(({ atMs, latencyMs, result }) => [Math.round(atMs * 1000) / 1000, latencyMs, result]),
    ).to.deep.equal([
      [10, 8.5, RESULT_OK],
      [10, 1, RESULT_FAILED_RESPONSE],
      [10, 2000, RESULT_NO_RESPONSE],
    ]);
  });

  it('reads every unit and every epoch', () => {
    const relative = (unit: 'ns' | 'us' | 'ms' | 's') => ({
      field: 'start',
      unit,
      epoch: 'command' as const,
    });
    const starts: readonly [RowFields['start'], unknown][] = [
      [relative('ns'), 1.5e9],
      [relative('us'), 1.5e6],
      [relative('ms'), '1500'],
      [relative('s'), 1.5],
      [{ field: 'start', unit: 's', epoch: 'unix' }, STARTED_MS / 1000 + 1.5],
      [{ field: 'start', unit: 'rfc3339' }, '2026-11-23T06:00:01.500000Z'],
      [{ field: 'start', unit: 'rfc3339' }, '2026-11-23T07:00:01.5+01:00'],
    ];
    for (const [start, value] of starts) {
      const { samples } = read(ndjson({ start }), line({ start: value }));
      expect(samples[0]?.atMs, JSON.stringify(start)).to.be.closeTo(1500, 1e-3);
    }
  });

  it('counts rows that cannot be read, and names the first with its line', () => {
    const { samples, unreadable, refused } = read(
      ndjson(),
      line(),
      'Attacking ...\n',
      line({ duration: -1 }),
      line({ duration: 'NaN' }),
      line({ ok: 'perhaps' }),
      line({ start: 'soon' }),
      '[1, 2]\n',
      line(),
    );
    expect(samples).to.have.length(2);
    expect(refused).to.equal(undefined);
    expect(unreadable).to.deep.equal({ count: 6, first: 'line 2: it is no JSON: Attacking ...' });
  });

  it('takes a request from outside the run for one whose unit was told wrongly', () => {
    const { samples, unreadable } = read(ndjson(), line({ start: STARTED_MS / 1000 }));
    expect(samples).to.deep.equal([]);
    expect(unreadable.first).to.match(
      /^line 1: "start" is .*, not a time while the command ran: it is 1970-/,
    );
  });

  it('refuses everything at a row without a start', () => {
    const { samples, refused } = read(ndjson(), line(), '{"duration": 5, "ok": true}\n', line());
    expect(samples).to.have.length(1);
    expect(refused?.reason).to.equal(
      'line 2 of what the command printed is no row: it has no "start": {"duration": 5, "ok": true}',
    );
    expect(read(csv(), `start,duration,ok\n,5,true\n`).refused?.reason).to.include('it has no "start"');
  });

  it('refuses a header without the columns that are read, and says which there are', () => {
    const { refused } = read(csv({ endpoint: 'label' }), 'start,elapsed,ok\n');
    expect(refused?.reason).to.equal(
      'line 1 of what the command printed is no row: the header has no column "duration", "label"; it has start, elapsed, ok',
    );
    expect(refused?.remedy).to.include('load.command.format');
  });

  it('refuses output of which nothing can be read', () => {
    const { refused } = read(ndjson(), 'hello\n'.repeat(20));
    expect(refused?.reason).to.equal(
      'none of the first 20 rows of the command can be read; line 1: it is no JSON: hello',
    );
  });
});
