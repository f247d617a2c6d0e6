import { expect } from 'chai';
import { createSampleCollector, type SampleCollector } from '../../../../src/bench/k6/collect-samples.js';
import { OTHER_ENDPOINTS } from '../../../../src/bench/endpoint-table.js';
import type { CollectedSamples } from '../../../../src/bench/process/collected-samples.js';
import type { Point, RowTags } from '../../../../src/bench/k6/row-taker.js';
import { someEndpoints } from '../../../support/some-endpoints.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../../src/bench/sample-batch.js';

function aTags(tags: Partial<RowTags> = {}): RowTags {
  return { name: 'GET /a', method: 'GET', status: 200, expected: true, inLoad: true, all: {}, ...tags };
}
/** A row, given to a collector. */
type Give = (collector: SampleCollector) => void;

function aPoint(point: Partial<Point>): Point {
  return { atMs: 1_000, value: 1, tags: aTags(), vu: 1, call: 1, ...point };
}
function aRequest({ totalMs = 10, ...point }: Partial<Point> & { totalMs?: number } = {}): Give {
  return (collector) => {
    collector.request(aPoint({ value: 8, ...point }), totalMs);
  };
}
function aSent(point: Partial<Point> = {}): Give {
  return (collector) => {
    collector.sent(aPoint({ atMs: 900, tags: aTags({ status: 0, expected: undefined }), ...point }));
  };
}
function aRow(kind: 'over' | 'iteration' | 'dropped' | 'ready' | 'tick', point: Partial<Point> = {}): Give {
  return (collector) => {
    collector[kind](aPoint(point));
  };
}
function collect(...rows: readonly Give[]): CollectedSamples {
  const collector = createSampleCollector();
  for (const give of rows) give(collector);
  return collector.collect();
}
const noResponse = aTags({ status: 0, expected: false });

describe('createSampleCollector', () => {
  it('dates a request by its start: its end less its total', () => {
    const { count, startMs, latencyUs, result } = collect(aSent(), aRequest());
    expect([count, startMs[0], latencyUs[0], result[0]]).to.deep.equal([1, 990, 10_000, RESULT_OK]);
  });

  it('counts a request without a response as the time since it was sent, where k6 measured none', () => {
    const { startMs, latencyUs, result } = collect(aSent(), aRequest({ totalMs: 0, tags: noResponse }));
    expect([startMs[0], latencyUs[0], result[0]]).to.deep.equal([900, 100_000, RESULT_NO_RESPONSE]);
  });

  it('keeps the time of k6 where it is the longer one', () => {
    const { latencyUs } = collect(aSent({ atMs: 995 }), aRequest({ totalMs: 10, tags: noResponse }));
    expect(latencyUs[0]).to.equal(10_000);
  });

  it('takes the judgement of k6, and where the script switched it off the statuses from 200 to 399', () => {
    const results = collect(
      aRequest({ tags: aTags({ status: 404, expected: true }) }),
      aRequest({ tags: aTags({ status: 200, expected: false }) }),
      aRequest({ tags: aTags({ status: 302, expected: undefined }) }),
      aRequest({ tags: aTags({ status: 503, expected: undefined }) }),
    ).result;
    expect([...results.slice(0, 4)]).to.deep.equal([
      RESULT_OK,
      RESULT_FAILED_RESPONSE,
      RESULT_OK,
      RESULT_FAILED_RESPONSE,
    ]);
  });

  it('leaves out what setup and teardown send', () => {
    const outside = aTags({ inLoad: false });
    expect(collect(aSent({ tags: outside }), aRequest({ tags: outside }))).to.include({
      count: 0,
      readyAtMs: undefined,
      oldestOpenMs: undefined,
    });
  });

  it('grows with the number of samples', () => {
    const collector = createSampleCollector();
    for (const length of [1_000, 1, 2_000]) {
      for (let index = 0; index < length; index++) aRequest({ atMs: index, totalMs: 0 })(collector);
      const { count, startMs } = collector.collect();
      expect(count).to.equal(length);
      expect([...startMs.slice(0, length)]).to.deep.equal([...Array(length).keys()]);
    }
  });

  it('gives every endpoint an index once, and names those alone that are new', () => {
    const collector = createSampleCollector();
    aRequest({ tags: aTags({ name: 'a' }) })(collector);
    aRequest({ tags: aTags({ name: 'b' }) })(collector);
    expect(collector.collect().newEndpoints).to.deep.equal(someEndpoints('a', 'b'));
    aRequest({ tags: aTags({ name: 'c' }) })(collector);
    aRequest({ tags: aTags({ name: 'b' }) })(collector);
    const { newEndpoints, endpoint } = collector.collect();
    expect(newEndpoints).to.deep.equal(someEndpoints('c'));
    expect([...endpoint.slice(0, 2)]).to.deep.equal([2, 1]);
  });

  it('puts the endpoints of a script that has one for every request into one', () => {
    const rows = Array.from({ length: 600 }, (_, index) => aRequest({ tags: aTags({ name: `n${index}` }) }));
    const { newEndpoints, endpoint } = collect(...rows);
    expect(newEndpoints).to.have.length(500);
    expect(newEndpoints.at(-1)?.name).to.equal(OTHER_ENDPOINTS);
    expect([...endpoint.slice(499, 600)].every((index) => index === 499)).to.equal(true);
  });

  describe('requests under way', () => {
    function open(...rows: readonly Give[]): readonly number[] {
      const collector = createSampleCollector();
      for (const give of rows) give(collector);
      return collector.open().map(({ sentAtMs }) => sentAtMs);
    }

    for (const [what, call] of [
      ['with a number', 1],
      ['without', 0],
    ] as const) {
      describe(`of calls ${what}`, () => {
        const sent = aSent({ call });
        const redirect = aRequest({ call, tags: aTags({ status: 302 }) });

        it('are those that were sent and have not ended', () => {
          expect(open(sent, aSent({ call, vu: 2, atMs: 950 }), aRequest({ call }))).to.deep.equal([950]);
        });

        it('stay so through a redirect, until the call is over', () => {
          const last = aRequest({ call, tags: aTags({ name: 'GET /b' }) });
          expect(open(sent, redirect)).to.deep.equal([900]);
          expect(open(sent, redirect, last)).to.deep.equal([]);
          expect(open(sent, redirect, aRow('over', { call }))).to.deep.equal([]);
        });

        it('are over with their iteration', () => {
          const other = aSent({ call, vu: 2, atMs: 950 });
          expect(open(sent, other, aRow('iteration'))).to.deep.equal([950]);
        });
      });
    }

    it('are one of a call without a number: the next begins when the one before has ended', () => {
      expect(open(aSent({ call: 0 }), aSent({ call: 0, atMs: 950 }))).to.deep.equal([950]);
    });

    it('are not ended by another call of their virtual user', () => {
      expect(open(aSent({ call: 0 }), aSent({ call: 3, atMs: 950 }), aRequest({ call: 0 }))).to.deep.equal([
        950,
      ]);
      expect(open(aSent({ call: 0 }), aSent({ call: 3, atMs: 950 }), aRequest({ call: 3 }))).to.deep.equal([
        900,
      ]);
    });

    it('are ended one by one where a call sent several', () => {
      const b = aTags({ name: 'b' });
      expect(open(aSent(), aSent({ tags: b, atMs: 901 }), aRequest({ tags: b }))).to.deep.equal([900]);
    });

    it('are of the endpoint that their virtual user gave a number', () => {
      const collector = createSampleCollector();
      const unnamed = aTags({ name: '', status: 0, expected: undefined });
      aSent({ vu: 1, call: 0, value: -1, tags: aTags({ name: 'a' }) })(collector);
      aSent({ vu: 2, call: 0, value: -1, tags: aTags({ name: 'b' }) })(collector);
      aSent({ vu: 1, call: 0, value: 1, tags: unnamed, atMs: 950 })(collector);
      aSent({ vu: 2, call: 0, value: 1, tags: unnamed, atMs: 951 })(collector);
      expect(collector.collect().newEndpoints).to.deep.equal(someEndpoints('a', 'b'));
      expect(collector.open().map(({ sentAtMs, endpoint }) => [sentAtMs, endpoint])).to.deep.equal([
        [950, 0],
        [951, 1],
      ]);
    });

    it('make the oldest known', () => {
      expect(collect(aSent({ atMs: 950 }), aSent({ vu: 2, atMs: 920 })).oldestOpenMs).to.equal(920);
    });
  });

  it('knows when the load begins, how far k6 has told, and what was dropped', () => {
    const collected = collect(
      aRow('ready', { atMs: 100 }),
      aRow('tick', { atMs: 2_000 }),
      aRow('dropped', { atMs: 1_500, value: 3 }),
    );
    expect(collected).to.include({ readyAtMs: 100, latestMs: 2_000 });
    expect(collected.dropped).to.deep.equal([{ atMs: 1_500, count: 3 }]);
    expect(collect(aSent()).readyAtMs).to.equal(900);
  });
});
