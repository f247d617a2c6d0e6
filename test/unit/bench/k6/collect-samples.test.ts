import { expect } from 'chai';
import { createSampleCollector } from '../../../../src/bench/k6/collect-samples.js';
import { OTHER_ENDPOINTS } from '../../../../src/bench/endpoint-table.js';
import type { CollectedSamples } from '../../../../src/bench/process/collected-samples.js';
import type { Row, RowTags } from '../../../../src/bench/k6/scan-rows.js';
import { someEndpoints } from '../../../support/some-endpoints.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../../src/bench/sample-batch.js';

function aTags(tags: Partial<RowTags> = {}): RowTags {
  return { name: 'GET /a', method: 'GET', status: 200, expected: true, inLoad: true, all: {}, ...tags };
}
function aRequest(request: Partial<Row & { kind: 'request' }> = {}): Row {
  return {
    kind: 'request',
    endMs: 1_000,
    totalMs: 10,
    durationMs: 8,
    tags: aTags(),
    vu: 1,
    call: 1,
    ...request,
  };
}
function aSent(sent: Partial<Row & { kind: 'sent' }> = {}): Row {
  return {
    kind: 'sent',
    atMs: 900,
    tags: aTags({ status: 0, expected: undefined }),
    vu: 1,
    call: 1,
    endpoint: 1,
    ...sent,
  };
}
function collect(...rows: readonly Row[]): CollectedSamples {
  const collector = createSampleCollector();
  for (const row of rows) collector.take(row);
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
    const rows = Array.from({ length: 1_000 }, (_, index) => aRequest({ endMs: index, totalMs: 0 }));
    const { count, startMs } = collect(...rows);
    expect(count).to.equal(1_000);
    expect([...startMs.slice(0, 1_000)]).to.deep.equal(rows.map((_, index) => index));
  });

  it('gives every endpoint an index once, and names those alone that are new', () => {
    const collector = createSampleCollector();
    collector.take(aRequest({ tags: aTags({ name: 'a' }) }));
    collector.take(aRequest({ tags: aTags({ name: 'b' }) }));
    expect(collector.collect().newEndpoints).to.deep.equal(someEndpoints('a', 'b'));
    collector.take(aRequest({ tags: aTags({ name: 'c' }) }));
    collector.take(aRequest({ tags: aTags({ name: 'b' }) }));
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
    function open(...rows: readonly Row[]): readonly number[] {
      const collector = createSampleCollector();
      for (const row of rows) collector.take(row);
      return collector.open().map(({ sentAtMs }) => sentAtMs);
    }

    it('are those that were sent and have not ended', () => {
      expect(open(aSent(), aSent({ vu: 2, atMs: 950 }), aRequest())).to.deep.equal([950]);
    });

    it('stay so through a redirect, until the call is over', () => {
      const redirect = aRequest({ tags: aTags({ status: 302 }) });
      expect(open(aSent(), redirect)).to.deep.equal([900]);
      expect(open(aSent(), redirect, aRequest({ tags: aTags({ name: 'GET /b' }) }))).to.deep.equal([]);
      expect(open(aSent(), redirect, { kind: 'over', atMs: 1, vu: 1, call: 1 })).to.deep.equal([]);
    });

    it('are ended one by one where a call sent several', () => {
      const b = aTags({ name: 'b' });
      expect(open(aSent(), aSent({ tags: b, atMs: 901 }), aRequest({ tags: b }))).to.deep.equal([900]);
    });

    it('are over with their iteration', () => {
      const other = aSent({ vu: 2, atMs: 950 });
      expect(open(aSent(), other, { kind: 'iteration', atMs: 1, vu: 1 })).to.deep.equal([950]);
    });

    it('are of the endpoint that their virtual user gave a number', () => {
      const collector = createSampleCollector();
      const unnamed = aTags({ name: '', status: 0, expected: undefined });
      collector.take(aSent({ vu: 1, call: 0, endpoint: -1, tags: aTags({ name: 'a' }) }));
      collector.take(aSent({ vu: 2, call: 0, endpoint: -1, tags: aTags({ name: 'b' }) }));
      collector.take(aSent({ vu: 1, call: 0, endpoint: 1, tags: unnamed, atMs: 950 }));
      collector.take(aSent({ vu: 2, call: 0, endpoint: 1, tags: unnamed, atMs: 951 }));
      expect(collector.collect().newEndpoints).to.deep.equal(someEndpoints('a', 'b'));
      // A virtual user has one call without a number: the next begins when the one before has ended.
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
      { kind: 'ready', atMs: 100 },
      { kind: 'tick', atMs: 2_000 },
      { kind: 'dropped', atMs: 1_500, count: 3 },
    );
    expect(collected).to.include({ readyAtMs: 100, latestMs: 2_000 });
    expect(collected.dropped).to.deep.equal([{ atMs: 1_500, count: 3 }]);
    expect(collect(aSent()).readyAtMs).to.equal(900);
  });
});
