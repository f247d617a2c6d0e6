import { expect } from 'chai';
import { parseStopCondition } from '../../../src/sla/parse-stop-condition.js';

describe('parseStopCondition', () => {
  it('reads what must hold for how long', () => {
    expect(parseStopCondition('errors > 50% for 5s')).to.deep.equal({
      ok: true,
      condition: {
        text: 'errors > 50% for 5s',
        indicator: { kind: 'errors' },
        comparator: '>',
        limit: 0.5,
        forMs: 5000,
      },
    });
    expect(parseStopCondition('p99>=2 s for 1m30s')).to.deep.include({ ok: false });
    expect(parseStopCondition('p99>=2s  for  1m30s')).to.deep.nested.include({
      'condition.limit': 2_000_000,
      'condition.forMs': 90_000,
    });
  });

  it('says what is wrong, and points at it', () => {
    const cases: [string, string, string][] = [
      ['errors > 50%', '50%', 'say how long it must hold'],
      ['errors > 50 for 5s', '50', 'a share is a percentage'],
      ['errors > 50% for five', 'five', 'not a duration'],
      ['errors > 50% for', 'r', 'not a duration'],
      ['errors > 50% for 10ms', '10ms', 'ask for 1s at least'],
      ['recovery > 5s for 5s', 'recovery', 'is not known second by second'],
      ['errors{name="x"} > 5% for 5s', '{', 'it takes no tags'],
      ['erors > 5% for 5s', 'erors', 'did you mean "errors"?'],
      ['errors > 3x steady for 5s', '3x steady', 'a share is a percentage'],
    ];
    for (const [text, at, message] of cases) {
      const parsed = parseStopCondition(text);
      if (parsed.ok) throw new Error(`"${text}" was read`);
      expect(parsed.error.message, text).to.contain(message);
      expect(text.slice(parsed.error.start, parsed.error.end), text).to.equal(at);
    }
  });
});
