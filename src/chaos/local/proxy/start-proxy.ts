import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { anchorClock } from '../../../shared/anchored-clock.js';
import { PlimsollError } from '../../../shared/errors.js';
import { spawnProcess, type SpawnedProcess } from '../../../shared/spawn-process.js';
import type { Clock, DurationMs, EpochMs } from '../../../shared/time.js';
import { openControlChannel, type ControlChannel } from './control-channel.js';
import type { ProxyExit, ProxyHandle, ProxyOptions } from './proxy-handle.js';
import type { ProxyStats } from './proxy-stats.js';

const ENTRY = fileURLToPath(new URL('./proxy-process.js', import.meta.url));
const DEADLINE_MS = 5000;
/** Loading a program takes longer than any call, on a busy machine most of all. */
const START_MS = 20_000;
const STDERR_KEPT = 8192;

/** Starts the proxy process. It listens on nothing yet. Rejects with NOT_READY or DEADLINE when nothing is left running. */
export async function startProxy(options: ProxyOptions): Promise<ProxyHandle> {
  const { clock, deadlineMs = DEADLINE_MS } = options;
  const outcome = await spawnProcess({
    // What passes through is garbage at once: little room for it keeps the process small, whatever the load.
    command: [process.execPath, '--max-semi-space-size=4', ENTRY],
    // What a debugger or a profiler asks of this process is not for the proxy: its port is taken, its time precious.
    env: { ...options.env, NODE_OPTIONS: undefined },
    group: true,
    ipc: true,
    stderr: 'pipe',
  });
  if (outcome.status === 'not-started') {
    throw new PlimsollError('NOT_READY', `the fault proxy could not be started: ${outcome.reason}`, {
      remedy: `see whether ${process.execPath} can be run`,
    });
  }
  const spawned = outcome.process;
  const exited = watchExit(spawned);
  const channel = openControlChannel(spawned.child, clock);
  void exited.then((exit) => {
    channel.close(describeExit(exit));
  });
  try {
    await options.onSpawn?.(spawned.pid);
    await channel.call({ name: 'start', anchor: anchorClock(clock) }, Math.max(START_MS, deadlineMs));
  } catch (error) {
    spawned.child.kill('SIGKILL');
    await exited;
    throw error;
  }

  let stopped: Promise<void> | undefined;
  return {
    pid: spawned.pid,
    async setServices(services) {
      await channel.call({ name: 'setServices', services }, deadlineMs);
    },
    async setReplicas(service, replicas) {
      await channel.call({ name: 'setReplicas', service, replicas }, deadlineMs);
    },
    setFaults: async (rules) => (await channel.call({ name: 'setFaults', rules }, deadlineMs)) as EpochMs,
    stats: async () => (await channel.call({ name: 'stats' }, deadlineMs)) as ProxyStats,
    exited,
    stop: () => (stopped ??= stop(spawned, channel, options.clock, deadlineMs)),
  };
}

async function stop(
  { child, exited }: SpawnedProcess,
  channel: ControlChannel,
  clock: Clock,
  deadlineMs: DurationMs,
): Promise<void> {
  const gone = new AbortController();
  void exited.then(() => {
    gone.abort();
  });
  try {
    await channel.call({ name: 'stop' }, deadlineMs);
    await clock.sleep(deadlineMs, gone.signal);
  } catch {
    // Gone, now or before; or stuck, and then the signal ends it.
  }
  child.kill('SIGKILL');
  await exited;
}

async function watchExit({ child, exited }: SpawnedProcess): Promise<ProxyExit> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const { stderr: stream } = child;
  const drained = stream === null ? undefined : once(stream, 'close');
  const exit = await exited;
  await drained; // the proxy has no children that could hold the pipe open
  return { ...exit, stderr };
}

function describeExit(exit: ProxyExit): string {
  const how =
    exit.status === 'exited' ? `its process ended with code ${exit.code}` : `it was ended by ${exit.signal}`;
  const said = exit.stderr.trim();
  return said === '' ? how : `${how}, and said: ${said}`;
}
