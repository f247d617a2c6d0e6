import { expect } from 'chai';
import { complaintsOf, lastWordsOf, readLastWords } from '../../../../src/bench/k6/last-words.js';

describe('lastWordsOf', () => {
  it('takes the errors, as they were before they became log lines', () => {
    const log = [
      'time="2026-11-24T23:47:32Z" level=info msg="loading" source=console',
      String.raw`time="2026-11-24T23:47:32Z" level=error msg="Error: a \"b\"\n\tat file:///s.js:2:7(12)\n" hint="script exception"`,
      'time="2026-11-24T23:47:33Z" level=warning msg="Request Failed" error="refused"',
    ].join('\n');
    expect(lastWordsOf(log)).to.equal('Error: a "b"\n\tat file:///s.js:2:7(12)');
  });

  it("leaves out what only Plimsoll's own modules explain", () => {
    const load = String.raw`time="x" level=error msg="could not initialize '/tmp/p/k6-wrapper.js': could not load JS test 'file:///tmp/p/k6-wrapper.js': file:///s.js: Line 4:1 Unexpected token }"`;
    expect(lastWordsOf(load)).to.equal('file:///s.js: Line 4:1 Unexpected token }');
    const stack = String.raw`time="x" level=error msg="Error: a\n\tat setup (file:///s.js:1:31(3))\n\tat setup (file:///tmp/p/k6-wrapper.js:10:49(6))\n"`;
    expect(lastWordsOf(stack)).to.equal('Error: a\n\tat setup (file:///s.js:1:31(3))');
  });

  it('says each message once, and the last three at most', () => {
    const log = [1, 2, 2, 2, 3, 4].map((n) => `time="x" level=error msg="no. ${n}"`).join('\n');
    expect(lastWordsOf(log)).to.equal('no. 2\nno. 3\nno. 4');
  });

  it('does not take the interrupt that was asked for as a reason', () => {
    const log = `time="x" level=error msg="test run was aborted because k6 received a 'interrupt' signal"\n`;
    expect(lastWordsOf(log)).to.equal('');
  });

  it('takes the first lines of a panic, which tell more than its stack', () => {
    const log = `time="x" level=error msg="before"\npanic: no memory\n\ngoroutine 1\nmain.go\nmore\n`;
    expect(lastWordsOf(log)).to.equal('panic: no memory\ngoroutine 1\nmain.go');
  });

  it('takes the last lines where nothing is an error, and messages that cannot be unquoted as they are', () => {
    expect(lastWordsOf('a\nb\nc\nd\n')).to.equal('b\nc\nd');
    expect(lastWordsOf(String.raw`time="x" level=error msg="a\x00b"`)).to.equal(String.raw`a\x00b`);
    expect(lastWordsOf('')).to.equal('');
  });

  it('has nothing to say of a log that is not there', async () => {
    expect(await readLastWords('/nowhere/k6.log')).to.equal('');
  });
});

describe('complaintsOf', () => {
  it('says each warning and error once, with how often it came', () => {
    const log = [
      'time="x" level=warning msg="Insufficient VUs, reached 3 active VUs"',
      'time="x" level=error msg="GoError: no" source=console',
      'time="x" level=warning msg="Insufficient VUs, reached 3 active VUs"',
      'time="x" level=info msg="hello"',
    ].join('\n');
    expect(complaintsOf(log)).to.deep.equal([
      'k6 gave the warning "Insufficient VUs, reached 3 active VUs", 2 times.',
      'k6 gave the error "GoError: no".',
    ]);
  });

  it('leaves out what it says of each failed request, and of the interrupt', () => {
    const log = [
      'time="x" level=warning msg="Request Failed" error="refused"',
      `time="x" level=error msg="test run was aborted because k6 received a 'interrupt' signal"`,
    ].join('\n');
    expect(complaintsOf(log)).to.deep.equal([]);
  });

  it('says three of them, and how many more there are', () => {
    const log = [1, 2, 3, 4, 5].map((n) => `time="x" level=error msg="no. ${n}"`).join('\n');
    expect(complaintsOf(log)).to.have.length(4);
    expect(complaintsOf(log)[3]).to.equal('k6 gave 2 other warnings or errors; they are in its log.');
  });
});
