import { runMarker } from '../../shared/run-marker.js';
import { type LoadReads, tagKeysOf } from '../load-reads.js';
import { BUILTIN_METRICS } from './builtin-metrics.js';
import type { K6Binary } from './find-k6.js';
import type { K6Load } from './k6-load.js';

/** What is always read. Every tag more makes every one of the ten rows of a request longer. */
const SYSTEM_TAGS = ['name', 'method', 'status', 'expected_response', 'scenario'];
/** Ties the rows of a call. The extension does that by itself, and k6 copies it for each request. */
const USER_TAG = 'vu';
/** Those that objectives may name besides; any other tag is the script's own, and always there. */
const FURTHER_SYSTEM_TAGS = [
  'check',
  'error',
  'error_code',
  'group',
  'ip',
  'ocsp_status',
  'proto',
  'rpc_type',
  'service',
  'subproto',
  'tls_version',
  'url',
];

/** Later would be seen in the live view; sooner costs more. */
const SAVE_INTERVAL = '100ms';

const COMMON = ['--no-color', '--include-system-env-vars=true'];

export function runCommand(
  binary: K6Binary,
  wrapper: string,
  rowsPath: string,
  reads: LoadReads,
): readonly string[] {
  return [binary.path, ...runArguments(wrapper, rowsPath, reads, binary.isExtended)];
}

export function runArguments(
  script: string,
  rowsPath: string,
  reads: LoadReads,
  isExtended = false,
): readonly string[] {
  const asked = tagKeysOf(reads);
  const systemTags = [
    ...SYSTEM_TAGS,
    ...(isExtended ? [] : [USER_TAG]),
    ...FURTHER_SYSTEM_TAGS.filter((tag) => asked.includes(tag)),
  ];
  return [
    'run',
    ...COMMON,
    '--quiet',
    '--out',
    isExtended ? recordsOutput(rowsPath, reads) : outputOf(rowsPath, reads),
    `--system-tags=${systemTags.join(',')}`,
    // k6 keeps every duration in memory unless both of these are given.
    '--summary-mode=disabled',
    '--no-thresholds',
    '--no-usage-report',
    // 1.x would listen on port 6565, where a second run on the machine finds it taken.
    '--address=',
    script,
  ];
}

/**
 * CSV costs k6 a third of what JSON does, which 2.x writes row by row. JSON alone tells what a metric of the script's own
 * is, with all the digits of its values, and tells its tags apart; and a comma in a path ends it for CSV.
 */
function outputOf(rowsPath: string, reads: LoadReads): string {
  const ofSystem = [...SYSTEM_TAGS, USER_TAG, ...FURTHER_SYSTEM_TAGS];
  const isPlain =
    reads.metrics.every(({ name }) => BUILTIN_METRICS.has(name)) &&
    tagKeysOf(reads).every((tag) => ofSystem.includes(tag)) &&
    !rowsPath.includes(',');
  return isPlain
    ? `csv=fileName=${rowsPath},saveInterval=${SAVE_INTERVAL},timeFormat=unix_nano`
    : `json=${rowsPath}`;
}

/** What `k6-extension/output.go` takes. */
function recordsOutput(rowsPath: string, reads: LoadReads): string {
  const metrics = [...new Set(reads.metrics.map(({ name }) => name))];
  return `plimsoll=${JSON.stringify({ rows: rowsPath, metrics })}`;
}

/** Packs the script with all that it imports and opens. What is in its environment here stays here. */
export function archiveCommand(binary: K6Binary, wrapper: string, path: string): readonly string[] {
  return [binary.path, 'archive', ...COMMON, '--exclude-env-vars', '--address=', '-O', path, wrapper];
}

/** Evaluates the script and its options without running it; prints the options and what they take. */
export function inspectCommand(binary: K6Binary, wrapper: string): readonly string[] {
  return [binary.path, 'inspect', ...COMMON, '--execution-requirements', '--address=', wrapper];
}

/** Settings that would keep k6 from ending, make it listen on a port, or hide its messages. */
const NEVER = [
  'K6_LINGER',
  'K6_PAUSED',
  'K6_PROFILING_ENABLED',
  'K6_WEB_DASHBOARD',
  'K6_LOG_OUTPUT',
  'K6_LOG_FORMAT',
];
/** Those that are stronger than the scenarios of a script, and so than the experiment's profile. */
const AMOUNTS = ['K6_VUS', 'K6_DURATION', 'K6_ITERATIONS', 'K6_STAGES', 'K6_EXECUTION_SEGMENT'];

/** Not `--env`: what is on a command line everybody on the machine can read. */
export function k6Environment(load: K6Load, runId: string): Readonly<Record<string, string | undefined>> {
  const taken = load.profile === undefined ? NEVER : [...NEVER, ...AMOUNTS];
  return {
    ...(load.kind === 'k6-script' ? load.env : {}),
    ...Object.fromEntries(taken.map((name) => [name, undefined])),
    ...runMarker(runId),
  };
}
