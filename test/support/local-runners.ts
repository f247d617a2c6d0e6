import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import type http from 'node:http';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStandIn, STAND_IN_FILE } from '../../src/bench/k6-operator/stand-in.js';
import { READS_NOTHING, type LoadReads } from '../../src/bench/load-reads.js';
import type { Archive } from '../../src/bench/runners/archive-script.js';
import type { RunnerEngineDriver } from '../../src/bench/runners/runner-engine.js';
import {
  ARCHIVE_FILE,
  RUNNER_FILE,
  RUNNER_SCRIPT,
  SERVE_FILE,
  SERVE_SCRIPT,
} from '../../src/bench/runners/runner-scripts.js';
import type { StartOptions } from '../../src/bench/runners/start-runners.js';
import type { ExecRequest, ExecSession, KubeClient } from '../../src/shared/kubernetes/kube-client.js';
import { answer, openFakeApiServer, stream, type FakeApiServer } from './fake-api-server.js';
import { operatorCommand } from './operator-command.js';
import { realClock } from './real-clock.js';

/** Processes of this machine in place of pods: the same scripts, the same shell, the same questions. */
export interface LocalRunners {
  readonly options: StartOptions;
  /** Kills all of a runner, as a node that dies does, and lets its pod be reported as failed. */
  kill(index: number, reason: string): void;
  /** How many connections were made. */
  connections(): number;
  /** Closes the connection after so many bytes of output, again and again. */
  cutAfter(bytes: number): void;
  /** Refuses connections from now on. */
  refuse(): void;
  /** A file that a runner has written. */
  read(index: number, file: string): Promise<string>;
  /** Whether every process is gone. */
  allGone(): boolean;
  close(): Promise<void>;
}

interface Pod {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  failed: string | undefined;
}

export async function openLocalRunners(parts: {
  readonly runners: number;
  readonly k6: string;
  readonly arguments: readonly string[];
  readonly archive?: Archive;
  /** What is read of their rows beyond requests by endpoint. */
  readonly reads?: LoadReads;
  readonly env?: Readonly<Record<string, string>>;
  /** By runner: how far its clock is ahead. */
  readonly shiftsMs?: readonly number[];
  readonly leaseSeconds?: number;
  /** They are started as the k6-operator starts them, which hands them their shares itself. */
  readonly asTestRun?: boolean;
  /** Programs of the image by name, in place of those of this machine. */
  readonly programs?: Readonly<Record<string, string>>;
}): Promise<LocalRunners> {
  const { runners, k6, archive, shiftsMs = [], leaseSeconds = 120 } = parts;
  const root = await mkdtemp(join(tmpdir(), 'plimsoll-runners-'));
  const pods: Pod[] = [];
  const watchers: http.ServerResponse[] = [];
  const sessions = new Set<ChildProcess>();
  let connections = 0;
  let bytesLeft = Infinity;
  let isRefused = false;

  const podObject = (index: number): object => ({
    metadata: {
      name: `pod-${index}`,
      uid: `uid-${index}`,
      resourceVersion: '1',
      annotations: { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
    spec: { nodeName: 'here' },
    status:
      pods[index]?.failed === undefined
        ? { phase: 'Running', containerStatuses: [{ state: { running: {} } }] }
        : { phase: 'Failed', reason: 'Evicted', message: pods[index].failed },
  });
  const api: FakeApiServer = await openFakeApiServer((request, response) => {
    if (request.includes('watch=true')) {
      stream(response);
      watchers.push(response);
    } else {
      answer(response, {
        metadata: { resourceVersion: '1' },
        items: pods.map((_, index) => podObject(index)),
      });
    }
  });

  const start = async (index: number): Promise<Pod> => {
    const folder = join(root, String(index));
    const [bin, work] = [join(folder, 'bin'), join(folder, 'work')];
    await mkdir(bin, { recursive: true });
    await mkdir(work);
    await writeFile(join(bin, RUNNER_FILE), RUNNER_SCRIPT);
    await writeFile(join(bin, SERVE_FILE), SERVE_SCRIPT);
    if (archive !== undefined) await writeFile(join(bin, ARCHIVE_FILE), archive.packed);
    const env = {
      ...process.env,
      ...parts.env,
      PATH: `${await programFolder(folder, { ...parts.programs, ...clockProgram(shiftsMs[index]) })}:${process.env.PATH ?? ''}`,
      CLOCK_SHIFT_MS: String(shiftsMs[index] ?? 0),
      PLIMSOLL_WORK: work,
      PLIMSOLL_K6: k6,
      PLIMSOLL_LEASE_SECONDS: String(leaseSeconds),
      ...(parts.asTestRun === true
        ? {}
        : { PLIMSOLL_RUNNERS: String(runners), JOB_COMPLETION_INDEX: String(index) }),
    };
    const options: SpawnOptions = { env, detached: true, stdio: 'ignore' };
    const started =
      parts.asTestRun === true
        ? await startByOperator(bin, index, options)
        : spawn('sh', [join(bin, RUNNER_FILE), ...parts.arguments], options);
    return { process: started, folder, env, failed: undefined };
  };

  const startByOperator = async (
    bin: string,
    index: number,
    options: SpawnOptions,
  ): Promise<ChildProcess> => {
    const standIn = join(bin, STAND_IN_FILE);
    await writeFile(standIn, buildStandIn(parts.reads ?? READS_NOTHING));
    await chmod(standIn, 0o755);
    const [word = '', ...words] = operatorCommand(
      { name: 'k6-test', script: '/test/plimsoll.js', runners, isPaused: true, address: '127.0.0.1:0' },
      index + 1,
    );
    const env = { ...options.env, PATH: `${bin}:${options.env?.PATH ?? ''}` };
    return spawn(word, words, { ...options, env });
  };

  const exec = (
    { pod, command }: ExecRequest,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<ExecSession> => {
    const at = pods[Number(pod.slice('pod-'.length))];
    if (at === undefined || isRefused) return Promise.reject(new Error('connection refused'));
    connections += 1;
    const [, script = ''] = command;
    const child = spawn('sh', [join(at.folder, 'bin', script.slice(script.lastIndexOf('/') + 1))], {
      env: at.env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    sessions.add(child);
    child.stdin.on('error', () => undefined); // it ends when it is cut off
    let left = bytesLeft;
    child.stdout.on('data', (bytes: Buffer) => {
      if (left <= 0) return;
      onOutput(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) child.kill('SIGKILL');
    });
    const ended = new Promise<string>((resolve) => {
      child.on('close', () => {
        sessions.delete(child);
        resolve('the connection was cut');
      });
    });
    return Promise.resolve({
      write: (text) => void child.stdin.write(text),
      ended,
      close: () => {
        child.stdin.end();
      },
    });
  };
  const client: KubeClient = { ...api.client, exec };

  const killGroup = ({ process: { pid } }: Pod): void => {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  };
  const driver: RunnerEngineDriver = {
    namespace: 'load',
    labelSelector: 'a=b',
    container: 'k6',
    indexOf: ({ metadata }) => Number(metadata.annotations?.['batch.kubernetes.io/job-completion-index']),
    create: async () => {
      for (let index = 0; index < runners; index++) pods.push(await start(index));
    },
    remove: async () => {
      pods.forEach(killGroup);
      for (const { process: each } of pods) {
        if (each.exitCode === null && each.signalCode === null) {
          await new Promise((resolve) => each.once('exit', resolve));
        }
      }
      return undefined;
    },
  };
  return {
    options: {
      runners,
      reads: parts.reads ?? READS_NOTHING,
      driver,
      client,
      clock: realClock,
      logger: { debug: () => undefined, warn: () => undefined },
      logsFolder: root,
      leadMs: 1000,
    },
    kill(index, reason) {
      const pod = pods[index];
      if (pod === undefined) throw new Error(`no runner ${index}`);
      killGroup(pod);
      pod.failed = reason;
      for (const watcher of watchers) stream(watcher, { type: 'MODIFIED', object: podObject(index) });
    },
    connections: () => connections,
    cutAfter: (bytes) => (bytesLeft = bytes),
    refuse: () => {
      isRefused = true;
      for (const session of sessions) session.kill('SIGKILL');
    },
    read: async (index, file) => await readFile(join(root, String(index), 'work', file), 'utf8'),
    allGone: () => pods.every(({ process: each }) => each.exitCode !== null || each.signalCode !== null),
    async close() {
      await driver.remove();
      for (const session of sessions) session.kill('SIGKILL');
      await api.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A `date` whose clock is ahead. */
function clockProgram(shiftMs: number | undefined): Readonly<Record<string, string>> {
  if (shiftMs === undefined) return {};
  const date = `now=$(($(/bin/date +%s%N) + ${shiftMs} * 1000000))
printf '%d.%09d\\n' "$((now / 1000000000))" "$((now % 1000000000))"`;
  return { date };
}

/** A folder for the front of a PATH. */
async function programFolder(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = join(folder, 'programs');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}
