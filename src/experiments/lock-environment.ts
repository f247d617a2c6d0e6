import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PlimsollError } from '../shared/errors.js';
import { parseJson } from '../shared/parse-json.js';
import { isSameProcess } from '../shared/process-identity.js';
import { cannotWrite, systemCode } from './cannot-write.js';
import { createWhole, replaceWhole } from './durable-file.js';

/** One run's sole use of an environment. */
export interface Lock {
  /** May be called again. */
  release(): Promise<void>;
}

export interface LockOwner {
  readonly runId: string;
  readonly pid: number;
  /** See processStartToken. */
  readonly startToken: string;
}

const ownerSchema = z.object({
  runId: z.string(),
  pid: z.int().positive(),
  startToken: z.string().min(1),
});

type Attempt =
  | { readonly status: 'taken' }
  | { readonly status: 'held'; readonly holder: LockOwner }
  /** Somebody is about to take it over from a dead process, or it has just changed hands. */
  | { readonly status: 'moving' };

const RETRY_MS = 10;
/** A takeover is a few system calls; one that takes two seconds has been stopped in between. */
const MAX_ATTEMPTS = 200;

/**
 * Keeps an environment for one run. Rejects with NOT_READY where another one, whose process lives, has it. What a
 * dead process held is taken over, by one of all that try.
 */
export async function lockEnvironment(
  stateFolder: string,
  environment: string,
  owner: LockOwner,
): Promise<Lock> {
  const folder = join(stateFolder, 'locks');
  const path = join(folder, `${environment}.json`);
  try {
    await mkdir(folder, { recursive: true });
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const attempt = await take(path, owner);
      if (attempt.status === 'taken') return createLock(path);
      if (attempt.status === 'held') throw inUse(environment, attempt.holder);
      await sleep(RETRY_MS);
    }
  } catch (error) {
    if (error instanceof PlimsollError) throw error;
    throw cannotWrite('the lock', path, error);
  }
  throw new PlimsollError(
    'NOT_READY',
    `the lock ${path} of a dead run is being taken over, and it does not end`,
    {
      remedy: `see who is at it (grep pid '${folder}'/*), and end that process`,
    },
  );
}

/**
 * Takes a lock file, or tells who has it. To take over from a dead process, one first takes a lock on just that: its
 * name is made from the dead holder, who never comes back. Whoever has it, and finds the dead holder still in the
 * lock file, is the only one who may put another in its place. Should he die too, his claim is taken over likewise.
 */
async function take(path: string, owner: LockOwner): Promise<Attempt> {
  const holder = await readHolder(path);
  if (holder === undefined) {
    return (await createdBy(owner, path)) ? { status: 'taken' } : { status: 'moving' };
  }
  if (await isSameProcess(holder.pid, holder.startToken)) return { status: 'held', holder };
  const claim = claimPath(path, holder);
  if ((await take(claim, owner)).status !== 'taken') return { status: 'moving' };
  try {
    const now = await readHolder(path);
    if (now === undefined || textOf(now) !== textOf(holder)) return { status: 'moving' };
    await replaceWhole(path, textOf(owner));
    return { status: 'taken' };
  } finally {
    await rm(claim, { force: true });
  }
}

/** False where another one was faster. */
async function createdBy(owner: LockOwner, path: string): Promise<boolean> {
  try {
    await (await createWhole(path, textOf(owner))).close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Where the right to take over from a dead holder is claimed. */
export function claimPath(path: string, holder: LockOwner): string {
  return `${path}.${createHash('sha256').update(textOf(holder)).digest('hex').slice(0, 16)}`;
}

function createLock(path: string): Lock {
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      await rm(path, { force: true });
    },
  };
}

/** Undefined where nobody holds it any more. */
async function readHolder(path: string): Promise<LockOwner | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const holder = ownerSchema.safeParse(parseJson(text)).data;
  if (holder !== undefined) return holder;
  throw new PlimsollError('NOT_READY', `the lock ${path} does not tell who holds it`, {
    remedy: `make sure that no run uses the environment, then remove it: rm '${path}'`,
  });
}

function textOf({ runId, pid, startToken }: LockOwner): string {
  return `${JSON.stringify({ runId, pid, startToken })}\n`;
}

function inUse(environment: string, holder: LockOwner): PlimsollError {
  return new PlimsollError(
    'NOT_READY',
    `the environment "${environment}" is in use by run ${holder.runId} (pid ${holder.pid})`,
    { remedy: 'wait until that run is over, or choose another environment' },
  );
}
