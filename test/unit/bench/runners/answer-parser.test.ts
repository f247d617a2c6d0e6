import { expect } from 'chai';
import fc from 'fast-check';
import { createAnswerParser, type RunnerAnswer } from '../../../../src/bench/runners/answer-parser.js';

function parse(bytes: Buffer, cuts: readonly number[] = []): { answers: RunnerAnswer[]; clocks: number } {
  const answers: RunnerAnswer[] = [];
  let clocks = 0;
  const parser = createAnswerParser(
    () => (clocks += 1),
    (answer) => answers.push(answer),
  );
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  for (let index = 1; index < at.length; index++) parser.push(bytes.subarray(at[index - 1], at[index]));
  return { answers, clocks };
}

describe('createAnswerParser', () => {
  it('reads the clock, the state and the files of each answer, wherever it is cut', () => {
    const files = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(files, { minLength: 1, maxLength: 4 }), fc.array(fc.nat()), (all, cuts) => {
        const bytes = Buffer.concat(
          all.flatMap((one) => [
            Buffer.from('at 1795576077.441704 running\n'),
            ...one.flatMap((file, index) => [
              Buffer.from(`file ${index} ${file.length}\n`),
              Buffer.from(file),
            ]),
            Buffer.from('done\n'),
          ]),
        );
        const { answers, clocks } = parse(bytes, cuts);
        expect(clocks).to.equal(all.length);
        expect(answers.map((answer) => answer.files.map((file) => [...file]))).to.deep.equal(
          all.map((one) => one.map((file) => [...file])),
        );
      }),
    );
  });

  it('reads how finely a clock is told', () => {
    const clockOf = (text: string): unknown => {
      const { remoteMs, stepMs } = parse(Buffer.from(`at ${text} waiting\ndone\n`)).answers[0]!;
      return [remoteMs, stepMs];
    };
    expect(clockOf('1795576077.441')).to.deep.equal([1795576077441, 1]);
    expect(clockOf('1795576077,25')).to.deep.equal([1795576077250, 10]);
    expect(clockOf('1795576077.%N')).to.deep.equal([1795576077000, 1000]);
    expect(clockOf('1795576077')).to.deep.equal([1795576077000, 1000]);
  });

  it('reads every state', () => {
    const stateOf = (text: string): unknown => parse(Buffer.from(`at 1.0 ${text}\ndone\n`)).answers[0]?.state;
    expect(stateOf('')).to.deep.equal({ kind: 'waiting' });
    expect(stateOf('waiting')).to.deep.equal({ kind: 'waiting' });
    expect(stateOf('running')).to.deep.equal({ kind: 'running' });
    expect(stateOf('ended 137')).to.deep.equal({ kind: 'ended', code: 137 });
    expect(stateOf('failed no room')).to.deep.equal({ kind: 'failed', reason: 'no room' });
  });
});
