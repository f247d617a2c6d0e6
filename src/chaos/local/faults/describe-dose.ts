import { formatCount, formatDuration } from '../../../shared/units.js';
import type { RuleDose } from '../proxy/proxy-stats.js';

/** What a rule did between two readings, in words: `added 201 ms to 310 chunks`. */
export function describeDose(before: RuleDose | undefined, now: RuleDose): string {
  switch (now.type) {
    case 'delay':
      return describeDelay(before?.type === 'delay' ? before : undefined, now);
    case 'bandwidth': {
      const earlier = before?.type === 'bandwidth' ? before : undefined;
      const passed = now.bytesPassed - (earlier?.bytesPassed ?? 0);
      const throttled = now.bytesThrottled - (earlier?.bytesThrottled ?? 0);
      if (passed === 0) return 'no traffic';
      return `let ${formatCount(passed)} bytes pass, ${formatCount(throttled)} of them after a wait`;
    }
    case 'partition': {
      const earlier = before?.type === 'partition' ? before : undefined;
      const connections = now.connectionsHeld - (earlier?.connectionsHeld ?? 0);
      const bytes = now.bytesHeld - (earlier?.bytesHeld ?? 0);
      return `held ${counted(connections, 'further connection')} and ${counted(bytes, 'byte')}`;
    }
    case 'http':
      return describeHttp(before?.type === 'http' ? before : undefined, now);
  }
}

type DoseOf<T extends RuleDose['type']> = Extract<RuleDose, { readonly type: T }>;

function describeDelay(before: DoseOf<'delay'> | undefined, now: DoseOf<'delay'>): string {
  const chunks = now.chunksDelayed - (before?.chunksDelayed ?? 0);
  const connections = now.connectionsDelayed - (before?.connectionsDelayed ?? 0);
  const times = chunks + connections;
  if (times === 0) return 'let nothing through'; // nothing came, or all of it is still held
  const addedMs = meanSince(
    before === undefined ? 0 : before.chunksDelayed + before.connectionsDelayed,
    before?.meanAddedMs ?? 0,
    now.chunksDelayed + now.connectionsDelayed,
    now.meanAddedMs,
  );
  const what = [
    ...(chunks > 0 ? [counted(chunks, 'chunk')] : []),
    ...(connections > 0 ? [counted(connections, 'new connection')] : []),
  ];
  return `added ${formatDuration(addedMs)} to ${what.join(' and ')}`;
}

function describeHttp(before: DoseOf<'http'> | undefined, now: DoseOf<'http'>): string {
  const seen = now.messagesSeen - (before?.messagesSeen ?? 0);
  const unread = now.connectionsUnread - (before?.connectionsUnread ?? 0);
  const delayed = now.delayed - (before?.delayed ?? 0);
  const done = [
    ...acted('aborted', now.aborted - (before?.aborted ?? 0)),
    ...(delayed > 0
      ? [
          `delayed ${formatCount(delayed)} by ${formatDuration(
            meanSince(before?.delayed ?? 0, before?.meanAddedMs ?? 0, now.delayed, now.meanAddedMs),
          )}`,
        ]
      : []),
    ...acted('replaced', now.replaced - (before?.replaced ?? 0)),
    ...acted('patched', now.patched - (before?.patched ?? 0)),
  ];
  const messages =
    seen === 0
      ? 'no messages'
      : `${done.length === 0 ? 'changed none' : done.join(', ')} of ${counted(seen, 'message')}`;
  return unread === 0
    ? messages
    : `${messages}; ${counted(unread, 'connection')} could not be read as HTTP/1.x`;
}

function acted(verb: string, count: number): readonly string[] {
  return count > 0 ? [`${verb} ${formatCount(count)}`] : [];
}

/** The mean of what came since, out of two means over all there was. */
export function meanSince(
  countBefore: number,
  meanBefore: number,
  countNow: number,
  meanNow: number,
): number {
  const count = countNow - countBefore;
  return count <= 0 ? 0 : Math.max(0, (meanNow * countNow - meanBefore * countBefore) / count);
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
