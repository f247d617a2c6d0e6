import { type CliContext, createLiveFaults } from '../../src/cli/cli-context.js';
import type { Output } from '../../src/cli/terminal.js';
import { createFakeClock } from './fake-clock.js';

/** An output that keeps what is written to it. */
export interface KeptOutput extends Output {
  readonly text: () => string;
}

export function aKeptOutput(look: Partial<Pick<Output, 'colour' | 'live'>> = {}): KeptOutput {
  let text = '';
  return {
    colour: false,
    live: false,
    width: () => 100,
    ...look,
    write: (more) => {
      text += more;
    },
    text: () => text,
  };
}

export interface KeptContext extends CliContext {
  readonly out: () => string;
  readonly err: () => string;
}

/** The surroundings of a command, with everything that it says kept. */
export function aContext(overrides: Partial<CliContext> = {}): KeptContext {
  const out = aKeptOutput();
  const err = aKeptOutput();
  return {
    terminal: { out, err, lost: () => undefined },
    env: {},
    cwd: '/project',
    clock: createFakeClock(),
    random: () => 0.5,
    interrupt: new AbortController().signal,
    liveFaults: createLiveFaults(),
    ...overrides,
    out: out.text,
    err: err.text,
  };
}
