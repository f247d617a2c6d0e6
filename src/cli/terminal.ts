/** One stream for text, and what can be done with it. */
export interface Output {
  /** Never throws: a reader that has gone away is no reason to leave a fault behind. */
  readonly write: (text: string) => void;
  /** Colours and marks of ANSI terminals. */
  readonly colour: boolean;
  /** Lines may be drawn over: a terminal, and nobody has asked for plain text. */
  readonly live: boolean;
  /** Columns, read anew for each line: the window may change. */
  readonly width: () => number;
}

/** Where a command writes: data and the final summary to `out`, progress and diagnostics to `err`. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** Why something that was meant for stdout is lost; undefined where all is well, or nobody reads any more. */
  readonly lost: () => string | undefined;
}

export type Stream = Pick<NodeJS.WriteStream, 'write' | 'on'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** Without a terminal there is no edge to stop at; this is what a log viewer shows in a line. */
const WIDTH_ELSEWHERE = 120;
const NARROWEST = 40;

/** What write() fails with when nobody reads any more, or the terminal is closed. */
const READER_GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

export function createTerminal(
  stdout: Stream,
  stderr: Stream,
  env: NodeJS.ProcessEnv,
  options: { readonly colour: boolean },
): Terminal {
  let lost: string | undefined;
  return {
    out: createOutput(stdout, env, options.colour, (reason) => (lost ??= reason)),
    err: createOutput(stderr, env, options.colour, () => undefined),
    lost: () => lost,
  };
}

function createOutput(
  stream: Stream,
  env: NodeJS.ProcessEnv,
  wantsColour: boolean,
  onLost: (reason: string) => void,
): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    if (!READER_GONE.has(error.code ?? '')) onLost(error.message);
  });
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const colour = wantsColour && !env.NO_COLOR && (isTerminal || forced);
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    colour,
    live: isTerminal && colour,
    width: () => Math.max(NARROWEST, stream.columns ?? WIDTH_ELSEWHERE),
  };
}
