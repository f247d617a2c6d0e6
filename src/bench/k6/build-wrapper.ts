import type { DurationMs } from '../../shared/time.js';
import type { LoadProfile } from '../load-generator.js';

/** The moment in which all runners of a load begin, in ms since 1970 by the runner's own clock. */
export const START_AT_ENV = 'PLIMSOLL_START_AT_MS';
/** setup() gets this much more time, since it waits for the others. */
const WAIT_SECONDS = 120;

/** k6 takes no scenario that is shorter. */
const SHORTEST_MS: DurationMs = 1000;

/** How long the scenarios of a profile run. */
export function scheduledMs(maxDurationMs: DurationMs): DurationMs {
  return Math.max(SHORTEST_MS, Math.ceil(maxDurationMs));
}

export interface WrapperParts {
  /** Of the module that buildInstrument() makes. */
  readonly instrumentUrl: string;
  readonly scriptUrl: string;
  /** Undefined: the script's own options decide. */
  readonly profile?: LoadProfile;
  readonly maxDurationMs: DurationMs;
  /** It waits for the moment in START_AT_ENV, once everything else is ready. */
  readonly startTogether?: boolean;
}

/**
 * The module that k6 runs: the user's script, with the experiment's profile in place of its own amounts of load. The
 * script's scenarios keep their names, functions, env and tags, and share the profile equally; a script without
 * scenarios runs its default function. All other options stay as they are.
 */
export function buildWrapper(parts: WrapperParts): string {
  const { instrumentUrl, scriptUrl, profile, maxDurationMs, startTogether = false } = parts;
  return `${startTogether ? "import { sleep } from 'k6';\n" : ''}import { ready } from ${JSON.stringify(instrumentUrl)};
import * as script from ${JSON.stringify(scriptUrl)};
export * from ${JSON.stringify(scriptUrl)};
export default script.default;

const ${startTogether ? 'own' : 'original'} = script.options || {};
${startTogether ? LONGER_SETUP : ''}${profile === undefined ? 'export const options = original;\n' : profileOptions(profile, maxDurationMs)}
function begin(data) {
${startTogether ? WAIT_FOR_START : ''}  ready.add(1);
  return data;
}

// Not async: k6 knows an exception of setup() by its exit code only where no promise is in between.
export function setup() {
  const data = script.setup ? script.setup() : undefined;
  return data && typeof data.then === 'function' ? data.then(begin) : begin(data);
}
`;
}

/** Virtual users exist before setup() runs: nothing is left to do after it. */
const WAIT_FOR_START = `  const waitMs = Number(__ENV.${START_AT_ENV} || 0) - Date.now();
  if (waitMs > 0) sleep(waitMs / 1000);
`;

/** Go adds up the parts of a duration: 30s120s are 150 s. */
const LONGER_SETUP = `const time = own.setupTimeout === undefined ? '60s' : own.setupTimeout;
const original = { ...own, setupTimeout: typeof time === 'number' ? time + ${WAIT_SECONDS * 1000} : time + '${WAIT_SECONDS}s' };
`;

function profileOptions(profile: LoadProfile, maxDurationMs: DurationMs): string {
  return `const scenarios = Object.entries(original.scenarios || {});
const parts = scenarios.length > 0 ? scenarios : [['default', {}]];
${profile.model === 'open' ? openAmount(profile, maxDurationMs) : closedAmount(profile, maxDurationMs)}
export const options = {
  ...original,
  vus: undefined,
  duration: undefined,
  iterations: undefined,
  stages: undefined,
  scenarios: Object.fromEntries(
    parts.map(([name, { exec = 'default', env, tags, options }]) => [
      name,
      Object.fromEntries(
        Object.entries({ ...amount, exec, env, tags, options }).filter(([, value]) => value !== undefined),
      ),
    ]),
  ),
};
`;
}

function openAmount(profile: LoadProfile & { model: 'open' }, maxDurationMs: DurationMs): string {
  return `const rate = ${profile.ratePerSecond} / parts.length;
// k6 takes whole numbers only: 0.5 a second is 30 a minute.
const [timeUnit, seconds] =
  [['1s', 1], ['1m', 60]].find(([, s]) => Math.abs(rate * s - Math.round(rate * s)) < 1e-6) || ['1h', 3600];
const vus = Math.ceil(${profile.maxVUs} / parts.length);
const amount = {
  executor: 'constant-arrival-rate',
  rate: Math.max(1, Math.round(rate * seconds)),
  timeUnit,
  preAllocatedVUs: vus,
  maxVUs: vus,
  ${timing(maxDurationMs)}
};`;
}

function closedAmount(profile: LoadProfile & { model: 'closed' }, maxDurationMs: DurationMs): string {
  return `const amount = {
  executor: 'constant-vus',
  vus: Math.max(1, Math.round(${profile.vus} / parts.length)),
  ${timing(maxDurationMs)}
};`;
}

function timing(maxDurationMs: DurationMs): string {
  return `duration: '${scheduledMs(maxDurationMs)}ms',\n  gracefulStop: '1s',`;
}
