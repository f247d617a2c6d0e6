import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, PlimsollError } from '../../shared/errors.js';
import type { Finding } from '../../shared/finding.js';
import { formatDuration } from '../../shared/units.js';
import { scheduledMs } from './build-wrapper.js';
import type { InspectedK6 } from './inspect-k6.js';
import { makeFifo, MKFIFO_REMEDY } from '../process/make-fifo.js';
import type { InspectedOptions } from './own-schedule.js';
import { closedScenarios, followsProfile, longestScheduleMs } from './own-schedule.js';
import type { K6Load } from './k6-load.js';

/** What would stop k6, found without running anything; what k6 says of the load has been asked. */
export async function preflightK6(
  load: K6Load,
  inspected: InspectedK6,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-preflight-'));
  try {
    const findings = await fifoFindings(folder, signal);
    return inspected.status === 'refused'
      ? [...findings, refused(load, inspected.words)]
      : [...findings, ...loadFindings(load, inspected.options)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fifoFindings(folder: string, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    await makeFifo(join(folder, 'k6-rows'), signal);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PlimsollError)) throw thrown;
    return [{ severity: 'stop', code: 'no-pipe', message: messageOf(thrown), remedy: MKFIFO_REMEDY }];
  }
}

function refused(load: K6Load, words: string): Finding {
  return load.kind === 'k6-script'
    ? {
        severity: 'stop',
        code: 'invalid-k6-script',
        message: `k6 cannot run ${load.script}: ${words}`,
        remedy: 'correct the script, or load.k6 in the experiment',
      }
    : {
        severity: 'stop',
        code: 'invalid-request',
        message: `k6 cannot send the requests of load.http: ${words}`,
        remedy: 'correct them under load.http in the experiment',
      };
}

function loadFindings(load: K6Load, options: InspectedOptions): readonly Finding[] {
  const { profile, maxDurationMs } = load;
  if (profile && !followsProfile(options, profile, scheduledMs(maxDurationMs))) {
    return [
      {
        severity: 'stop',
        code: 'profile-overridden',
        message: "k6 would not run the experiment's profile: settings of k6 on this machine override it",
        remedy:
          "take vus, duration, iterations and stages out of k6's config file (~/.config/k6/config.json, or what " +
          'K6_CONFIG names)',
      },
    ];
  }
  const findings: Finding[] = [];
  const closed = closedScenarios(options);
  if (closed.length > 0) {
    const whose = profile === undefined ? ` (scenarios of the script: ${closed.join(', ')})` : '';
    findings.push({
      severity: 'warning',
      code: 'closed-model',
      message: `a closed load waits while the service stalls, and so hides the stall from its percentiles${whose}`,
      remedy:
        'give the load a rate (profile: {rate: 100/s}) where the users of the service would not wait either',
    });
  }
  const ownMs = longestScheduleMs(options);
  if (profile === undefined && ownMs < maxDurationMs) {
    findings.push({
      severity: 'warning',
      code: 'load-may-end-early',
      message:
        `the script's own options end the load after ${formatDuration(ownMs)}, and the run may need it for ` +
        formatDuration(maxDurationMs),
      remedy: 'let the script run for longer, or give the experiment a profile',
    });
  }
  return findings;
}
