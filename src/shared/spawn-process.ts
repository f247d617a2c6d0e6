import type { ChildProcess } from 'node:child_process';
import { execa } from 'execa';

/** One stream of a new process: nothing, a pipe to this process, or an open file. */
export type StreamOption = 'ignore' | 'pipe' | { readonly fd: number };

export interface SpawnOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process; an undefined value takes the variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Makes it the leader of a process group and session of its own: a Ctrl-C of the terminal does not reach it. */
  readonly group?: boolean;
  readonly stdin?: StreamOption;
  readonly stdout?: StreamOption;
  readonly stderr?: StreamOption;
  /** Opens a channel for `child.send` and the event `message`. */
  readonly ipc?: boolean;
}

export type ProcessExit =
  | { readonly status: 'exited'; readonly code: number }
  | { readonly status: 'signalled'; readonly signal: NodeJS.Signals };

export interface SpawnedProcess {
  readonly pid: number;
  /** For its streams, its channel and kill(). */
  readonly child: ChildProcess;
  /** Resolves when the process itself is gone, even where a child of its own holds a pipe open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

export type SpawnOutcome =
  | { readonly status: 'started'; readonly process: SpawnedProcess }
  | {
      readonly status: 'not-started';
      /** `ENOENT`, `EACCES`, ...: as the system calls it. */
      readonly code: string;
      readonly reason: string;
    };

/** Starts a program. Streams that are not named are ignored. Never rejects. */
export async function spawnProcess(options: SpawnOptions): Promise<SpawnOutcome> {
  const [program = '', ...args] = options.command;
  const subprocess = execa(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env },
    detached: options.group ?? false,
    stdio: [
      streamOf(options.stdin),
      streamOf(options.stdout),
      streamOf(options.stderr),
      ...(options.ipc ? (['ipc'] as const) : []),
    ],
    buffer: false,
    // Whoever starts a process ends it, with a proof; nothing happens behind their back.
    cleanup: false,
    forceKillAfterDelay: false,
    reject: false,
  });
  if (subprocess.pid === undefined) {
    const { code, originalMessage, shortMessage } = await subprocess;
    return {
      status: 'not-started',
      code: code ?? 'UNKNOWN',
      reason: originalMessage ?? shortMessage ?? 'unknown',
    };
  }
  const child: ChildProcess = subprocess;
  // Not the promise of execa: it waits until every pipe is closed, which a grandchild can put off for ever.
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { status: 'exited', code: code ?? 0 } : { status: 'signalled', signal });
    });
  });
  return { status: 'started', process: { pid: subprocess.pid, child, exited } };
}

function streamOf(option: StreamOption | undefined): 'ignore' | 'pipe' | 3 {
  // The types name the first descriptors only; any that is open is handed on as it is.
  return typeof option === 'object' ? (option.fd as 3) : (option ?? 'ignore');
}
