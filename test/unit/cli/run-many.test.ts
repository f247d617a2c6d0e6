import { expect } from 'chai';
import { type ChosenExperiment, notRunOf, runMany } from '../../../src/cli/run-many.js';
import type { OneRun } from '../../../src/cli/run-one.js';
import { createFakeClock } from '../../support/fake-clock.js';

function chosen(path: string, overrides: Partial<ChosenExperiment> = {}): ChosenExperiment {
  return { path, retries: 0, cooldownMs: 0, onBreach: 'continue', ...overrides };
}

function ended(path: string, exitCode: number): OneRun {
  return { status: 'not-run', experimentPath: path, reason: '', exitCode };
}

/** Runs them with the exit codes that each attempt shall have, and tells which attempts there were. */
async function attempts(experiments: readonly ChosenExperiment[], codes: Readonly<Record<string, number[]>>) {
  const ran: string[] = [];
  const counted: number[] = [];
  const notes: string[] = [];
  const left = structuredClone(codes);
  const done = await runMany(
    experiments,
    {
      run: ({ path }) => {
        ran.push(path);
        return Promise.resolve(ended(path, left[path]?.shift() ?? 0));
      },
      onDone: ({ exitCode }) => counted.push(exitCode),
      note: (message) => notes.push(message),
    },
    { clock: createFakeClock(), interrupt: new AbortController().signal },
  );
  return { ran, counted, notes, done };
}

describe('runMany', () => {
  it('goes on after a breach and after a run that could not begin', async () => {
    const { ran } = await attempts([chosen('a'), chosen('b'), chosen('c')], { a: [1], b: [69] });
    expect(ran).to.deep.equal(['a', 'b', 'c']);
  });

  it('stops at a breach where the suite says so', async () => {
    const stop = { onBreach: 'stop' } as const;
    const { ran, notes } = await attempts([chosen('a', stop), chosen('b', stop)], { a: [1] });
    expect(ran).to.deep.equal(['a']);
    expect(notes[0]).to.include('1 experiment is not run');
  });

  it('stops where a fault may still be live, since it would be in all that follows', async () => {
    expect((await attempts([chosen('a'), chosen('b')], { a: [75] })).ran).to.deep.equal(['a']);
  });

  it('tries an inconclusive run again, as often as allowed, and counts the last attempt', async () => {
    const { ran, counted } = await attempts([chosen('a', { retries: 2 })], { a: [2, 2, 0] });
    expect(ran).to.deep.equal(['a', 'a', 'a']);
    expect(counted).to.deep.equal([0]);
  });

  it('never tries a breach again', async () => {
    expect((await attempts([chosen('a', { retries: 3 })], { a: [1, 0] })).ran).to.deep.equal(['a']);
  });

  it('rests between two runs, and begins none that an interrupt came before', async () => {
    const clock = createFakeClock(0);
    const controller = new AbortController();
    const startedAtMs: number[] = [];
    const running = runMany(
      [chosen('a', { cooldownMs: 5000 }), chosen('b', { cooldownMs: 5000 }), chosen('c')],
      {
        run: ({ path }) => {
          startedAtMs.push(clock.nowMs());
          return Promise.resolve(ended(path, 0));
        },
        onDone: () => undefined,
        note: () => undefined,
      },
      { clock, interrupt: controller.signal },
    );
    await turns();
    clock.advanceTo(4999);
    await turns();
    expect(startedAtMs).to.deep.equal([0]);
    clock.advanceTo(5000);
    await turns();
    expect(startedAtMs).to.deep.equal([0, 5000]);
    controller.abort('SIGINT');
    expect(await running).to.have.length(2);
    expect(startedAtMs).to.have.length(2);
  });
});

describe('notRunOf', () => {
  it('names what gave no result, and what never had its turn', () => {
    const all = [chosen('a'), chosen('b')];
    expect(notRunOf(all, [ended('a', 69)])).to.deep.equal([
      { name: 'a', reason: '' },
      { name: 'b', reason: 'the runs ended before its turn' },
    ]);
  });
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
