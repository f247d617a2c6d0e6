import { isRecord } from '../../shared/is-record.js';
import { readDuration } from '../../shared/units.js';

/** Where a fault shows, beside the bookkeeping of whoever put it in. */
export type ExpectedSign =
  /** The requests of the load: they take longer, or they fail. */
  | {
      readonly kind: 'requests';
      /** How much longer than usual a request takes at the least that met the fault. */
      readonly slowerByMs: number;
      /** Whether requests that met nothing of it prove that it did not act. */
      readonly isDue: boolean;
    }
  /** The pods themselves, as Kubernetes tells of them. */
  | { readonly kind: 'pods'; readonly events: readonly string[]; readonly what: string };

/** TCP sends again what was lost, after 200 ms at the earliest. */
const RETRANSMISSION_MS = 200;
/** What tells a request that met some fault from chance, where the fault itself names no number. */
const NOTICEABLE_MS = 20;
/** A request is taken for one that met a delay from this share of it on: jitter and rounding make it less than all. */
const SHARE_OF_DELAY = 0.5;

const POD_EVENTS: Readonly<Record<string, { readonly events: readonly string[]; readonly what: string }>> = {
  'pod-kill': { events: ['pod-deleted', 'pod-gone'], what: 'deleted' },
  'container-kill': { events: ['pod-restarted'], what: 'restarted' },
  'pod-failure': { events: ['pod-not-ready', 'pod-restarted'], what: 'not ready, or restarted' },
};

type Spec = Readonly<Record<string, unknown>>;

export function expectedSign(kind: string, action: string | null, spec: Spec): ExpectedSign {
  switch (kind) {
    case 'PodChaos': {
      const sign = POD_EVENTS[action ?? ''];
      return sign === undefined ? maybe() : { kind: 'pods', ...sign };
    }
    case 'NetworkChaos':
      return ofNetwork(action ?? '', spec);
    case 'HTTPChaos':
      return ofHttp(spec);
    default:
      return maybe();
  }
}

function ofNetwork(action: string, spec: Spec): ExpectedSign {
  const delayMs = durationIn(spec.delay, 'latency');
  switch (action) {
    case 'delay':
      return delayMs === undefined ? maybe() : due(delayMs * SHARE_OF_DELAY);
    case 'loss':
    case 'corrupt':
    case 'partition':
      return due(RETRANSMISSION_MS * SHARE_OF_DELAY);
    case 'bandwidth':
    case 'rate':
      return due(NOTICEABLE_MS);
    case 'netem':
      return due(Math.min(NOTICEABLE_MS, (delayMs ?? Infinity) * SHARE_OF_DELAY));
    default:
      return maybe(); // duplicates are nothing that a client over TCP would see
  }
}

function ofHttp(spec: Spec): ExpectedSign {
  const delayMs = readDuration(spec.delay);
  if (delayMs !== undefined) return due(delayMs * SHARE_OF_DELAY);
  const code = isRecord(spec.replace) ? spec.replace.code : undefined;
  const fails = spec.abort === true || (typeof code === 'number' && code >= 400);
  return fails ? due(NOTICEABLE_MS) : maybe();
}

function due(slowerByMs: number): ExpectedSign {
  return { kind: 'requests', slowerByMs, isDue: true };
}

/** It may show in the requests; where it does not, nobody but its injector knows. */
function maybe(): ExpectedSign {
  return { kind: 'requests', slowerByMs: NOTICEABLE_MS, isDue: false };
}

function durationIn(value: unknown, field: string): number | undefined {
  return isRecord(value) ? readDuration(value[field]) : undefined;
}
