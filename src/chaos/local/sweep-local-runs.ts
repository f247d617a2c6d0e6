import { rm, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { messageOf } from '../../shared/errors.js';
import { isSameProcess, processStartToken } from '../../shared/process-identity.js';
import { RUN_MARKER } from '../../shared/run-marker.js';
import type { RecordedProcess } from '../../shared/run-recorder.js';
import type { DeadRun, SweepScope, SweptFault } from '../fault-injector.js';
import { endProcess, type Ending, type EndTarget } from './end-process.js';
import { carriesMark, findMarkedProcesses } from './find-marked-processes.js';
import { groupMembers } from './process-table.js';

type Swept = Omit<SweptFault, 'runId'>;

const KILL_DEADLINE_MS = 5000;
/** A process may have been forking while it was listed: its child is found in the next round. */
const MARK_ROUNDS = 5;

/**
 * Ends what dead runs left on this machine: the processes that their journals name, what is left of the groups
 * those led, whatever else carries the run's mark, and their temporary folders. A pid that was given to another
 * process since is never touched. Never rejects.
 */
export async function sweepLocalRuns(scope: SweepScope, signal: AbortSignal): Promise<readonly SweptFault[]> {
  const swept: SweptFault[] = [];
  for (const run of scope.runs) {
    for await (const item of sweepRun(run, signal)) swept.push({ runId: run.runId, ...item });
  }
  return swept;
}

async function* sweepRun(run: DeadRun, signal: AbortSignal): AsyncGenerator<Swept> {
  for (const recorded of run.processes) {
    const what = `${recorded.role} (pid ${recorded.pid})`;
    if (signal.aborted) yield { what, status: 'left', detail: 'the sweep was interrupted before it' };
    else yield { what, ...(await sweepRecorded(recorded, run.runId)) };
  }
  if (!signal.aborted) yield* sweepMarked(run.runId);
  for (const folder of run.temporaryFolders) {
    const what = `folder ${folder}`;
    if (signal.aborted) yield { what, status: 'left', detail: 'the sweep was interrupted before it' };
    else yield { what, ...(await sweepFolder(folder)) };
  }
}

async function sweepRecorded(recorded: RecordedProcess, runId: string): Promise<Omit<Swept, 'what'>> {
  const { pid, startToken, group } = recorded;
  if (!Number.isSafeInteger(pid) || pid <= 1 || pid === process.pid) {
    return { status: 'left', detail: `${pid} is no pid that a run can have recorded` };
  }
  if (await isSameProcess(pid, startToken)) {
    return removed(
      await kill(group ? { groupId: pid } : { pid }),
      group ? `ps -o pid,stat,command -g ${pid}` : `ps -p ${pid}`,
    );
  }
  if ((await processStartToken(pid)) !== undefined) {
    // A group's id is not given away while the group has members: there are none.
    return {
      status: 'already-gone',
      detail: `pid ${pid} belongs to another process by now, which was not touched`,
    };
  }
  return group ? await sweepLeaderless(pid, runId) : { status: 'already-gone', detail: 'it had ended' };
}

async function sweepLeaderless(groupId: number, runId: string): Promise<Omit<Swept, 'what'>> {
  const members = await groupMembers(groupId);
  if (members.length === 0) return { status: 'already-gone', detail: 'it had ended' };
  const ours = await Promise.all(members.map(({ pid }) => carriesMark(pid, RUN_MARKER, runId)));
  const unproven = members.filter((_, index) => !ours[index]);
  for (const member of members) if (!unproven.includes(member)) await kill({ pid: member.pid });
  if (unproven.length > 0) {
    return {
      status: 'left',
      detail:
        `it had ended, but its group still holds pid ${unproven.map(({ pid }) => pid).join(', ')}, which does not carry ` +
        `the run's mark and was not touched; look with: ps -o pid,lstart,command -p ${unproven.map(({ pid }) => pid).join(',')}`,
    };
  }
  const left = await groupMembers(groupId);
  const gone: Ending = { status: 'gone' };
  return removed(
    left.length === 0
      ? gone
      : { status: 'left', pids: left.map(({ pid }) => pid), reason: 'still there after SIGKILL' },
    `ps -o pid,stat,command -g ${groupId}`,
  );
}

async function* sweepMarked(runId: string): AsyncGenerator<Swept> {
  if (runId === '') return;
  const tried = new Set<number>();
  for (let round = 0; round < MARK_ROUNDS; round++) {
    const found = (await findMarkedProcesses(RUN_MARKER, runId)).filter((pid) => !tried.has(pid));
    if (found.length === 0) return;
    for (const pid of found) {
      tried.add(pid);
      yield { what: `process ${pid}, marked as the run's`, ...removed(await kill({ pid }), `ps -p ${pid}`) };
    }
  }
}

async function sweepFolder(folder: string): Promise<Omit<Swept, 'what'>> {
  if (!isAbsolute(folder) || !basename(folder).startsWith('plimsoll')) {
    return { status: 'left', detail: 'its name does not tell that Plimsoll made it; remove it by hand' };
  }
  try {
    await stat(folder);
  } catch {
    return { status: 'already-gone', detail: 'there is no such folder' };
  }
  try {
    await rm(folder, { recursive: true });
    return { status: 'removed', detail: 'removed with all it held' };
  } catch (error) {
    return { status: 'left', detail: `${messageOf(error)}; remove it by hand: rm -r '${folder}'` };
  }
}

/** SIGKILL ends a stopped process too. */
async function kill(target: EndTarget): Promise<Ending> {
  return await endProcess(target, { graceMs: 0, deadlineMs: KILL_DEADLINE_MS });
}

function removed(ending: Ending, look: string): Omit<Swept, 'what'> {
  return ending.status === 'gone'
    ? { status: 'removed', detail: 'ended with SIGKILL, and proven gone' }
    : { status: 'left', detail: `pid ${ending.pids.join(', ')}: ${ending.reason}; look with: ${look}` };
}
