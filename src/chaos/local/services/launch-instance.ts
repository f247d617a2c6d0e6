import { open } from 'node:fs/promises';
import { messageOf, PlimsollError } from '../../../shared/errors.js';
import { runMarker } from '../../../shared/run-marker.js';
import type { RunRecorder } from '../../../shared/run-recorder.js';
import { spawnProcess, type ProcessExit, type SpawnOutcome } from '../../../shared/spawn-process.js';
import { endProcess } from '../end-process.js';
import type { ManagedService } from '../local-config.js';
import { recordProcess } from '../record-process.js';
import { findFreePort } from './free-port.js';

/** One replica of a managed service: what stays the same from instance to instance. */
export interface ReplicaSpec {
  /** `orders-1`. */
  readonly id: string;
  readonly service: string;
  readonly config: ManagedService;
  /** Absolute. */
  readonly cwd: string;
  readonly logFile: string;
}

/** A running process of a replica; the next one after a restart is another. */
export interface Instance {
  /** `orders-1#2`. */
  readonly uid: string;
  /** It leads a process group of its own. */
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly exited: Promise<ProcessExit>;
}

/** Starts a replica's process on a free port and has it recorded. Rejects with NOT_READY, and then nothing runs. */
export async function launchInstance(
  spec: ReplicaSpec,
  uid: string,
  context: { readonly runId: string; readonly recorder: RunRecorder },
): Promise<Instance> {
  const port = await findFreePort(`${context.runId}/${uid}`);
  const outcome = await spawnLogged(spec, port, context.runId);
  if (outcome.status === 'not-started') {
    throw new PlimsollError('NOT_READY', `replica ${spec.id} could not be started: ${outcome.reason}`, {
      remedy: `Check the command of the service ${spec.service} in plimsoll.yaml: ${spec.config.command.join(' ')}`,
    });
  }
  const { pid, exited } = outcome.process;
  try {
    await recordProcess(context.recorder, { pid, role: `replica ${spec.id}`, group: true });
  } catch (error) {
    await endProcess({ groupId: pid }, { graceMs: 0, deadlineMs: 5000 });
    throw new PlimsollError(
      'NOT_READY',
      `replica ${spec.id} was ended again, since it could not be recorded: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return { uid, pid, host: '127.0.0.1', port, exited };
}

async function spawnLogged(spec: ReplicaSpec, port: number, runId: string): Promise<SpawnOutcome> {
  const log = await open(spec.logFile, 'a').catch((error: unknown) => {
    throw new PlimsollError(
      'NOT_READY',
      `the log of replica ${spec.id} cannot be written: ${messageOf(error)}`,
      {
        cause: error,
        remedy: 'Free some space, or write the reports to another folder.',
      },
    );
  });
  try {
    return await spawnProcess({
      command: spec.config.command,
      cwd: spec.cwd,
      env: { POD_NAME: spec.id, ...spec.config.env, PORT: String(port), ...runMarker(runId) },
      group: true,
      stdout: { fd: log.fd },
      stderr: { fd: log.fd },
    });
  } finally {
    await log.close(); // the process has a descriptor of its own
  }
}
