import { expect } from 'chai';
import { someEndpoints } from '../../../support/some-endpoints.js';
import fc from 'fast-check';
import { measurementsToDocument } from '../../../../src/bench/measurement-document.js';
import { measureTape } from '../../../../src/bench/tape-file/measure-tape.js';
import { mergeTapes } from '../../../../src/bench/tape-file/merge-tapes.js';
import { parseTape } from '../../../../src/bench/tape-file/read-tape.js';
import { recordARun, recordTape, type TapeStep } from '../../../support/a-stored-tape.js';

const BORDERS = ['steady', 'transition', 'fault', 'transition'] as const;

/** A run on a fixed schedule, in which each request is measured by those runners that take it. */
function recordShare(isMine: (number: number) => boolean) {
  const steps = BORDERS.flatMap((phase, index): TapeStep[] => [
    { kind: 'border', afterMs: index === 0 ? 100 : 0, phase },
    {
      kind: 'write',
      afterMs: 1700,
      samples: Array.from({ length: 30 }, (_, number) => ({
        startMs: 100 + index * 1700 + number * 40,
        latencyUs: 900.25 + number ** 3 * 9,
        endpoint: number % 3,
        result: number % 5 === 0 ? 1 : 0,
      })).filter((_, number) => isMine(number)),
    },
    { kind: 'caught-up', afterMs: 0 },
  ]);
  const { bytes } = recordTape(steps);
  return parseTape(bytes, 'tape.plm');
}

describe('tapes merged', () => {
  it('measure what one tape with all requests measures, however they were shared out', () => {
    const whole = measurementsToDocument(measureTape(recordShare(() => true)));
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }), (runners) => {
        const tapes = [0, 1, 2, 3].map((runner) => recordShare((number) => runners[number] === runner));
        expect(measurementsToDocument(measureTape(mergeTapes(tapes)))).to.deep.equal(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('have the endpoints of all, each once', () => {
    const tape = recordShare(() => true);
    const renamed = { ...tape, endpoints: someEndpoints('POST /orders', 'GET /', 'DELETE /cart') };
    expect(mergeTapes([tape, renamed]).endpoints).to.deep.equal([
      ...tape.endpoints,
      ...someEndpoints('POST /orders', 'DELETE /cart'),
    ]);
    const merged = measureTape(mergeTapes([tape, renamed]));
    const first = measureTape(tape).find('steady', 'GET /')!;
    const second = measureTape(renamed).find('steady', 'GET /')!;
    expect(merged.find('steady', 'GET /')!.requests).to.equal(first.requests + second.requests);
  });

  it('must be of one run, and cut at the same borders', () => {
    const tape = recordShare(() => true);
    expect(() => mergeTapes([])).to.throw('no tape');
    expect(() => mergeTapes([tape, { ...tape, runId: 'other' }])).to.throw('of two runs');
    expect(() => mergeTapes([tape, parseTape(recordARun().bytes, 'tape.plm')])).to.throw('other borders');
  });
});
