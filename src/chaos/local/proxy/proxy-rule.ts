/**
 * One fault on the replicas that carry it. Rules bind to uids: a replica that is replaced by a new instance leaves
 * its faults behind, as a new pod does.
 */
export interface ProxyRule {
  /** Names the rule in the stats; unique among the rules that are set together. */
  readonly id: string;
  readonly replicaUids: readonly string[];
  readonly fault: ProxyFault;
}

export type ProxyFault = DelayFault | BandwidthFault | PartitionFault | HttpFault;

/** Holds what the replica sends, in order; a connection that is made meanwhile is held once more at its start. */
export interface DelayFault {
  readonly type: 'delay';
  readonly latencyMs: number;
  /** Each delay is drawn evenly from latencyMs - jitterMs to latencyMs + jitterMs. */
  readonly jitterMs: number;
  /** 0..1: how much of the last draw is in the next. */
  readonly correlation: number;
}

/** Lets what the replica sends, over all its connections, pass at a rate. */
export interface BandwidthFault {
  readonly type: 'bandwidth';
  readonly bytesPerSecond: number;
  /** What may pass at once after a pause. */
  readonly burstBytes: number;
}

/**
 * Nothing passes, and connections stay open. `to` holds what the replica sends, `from` what it is sent, as seen from
 * the selected replica.
 */
export interface PartitionFault {
  readonly type: 'partition';
  readonly direction: 'to' | 'from' | 'both';
}

/** Acts on the HTTP/1.x messages that match; the actions come in the order abort, delay, replace, patch. */
export interface HttpFault {
  readonly type: 'http';
  /** The message that the actions change. */
  readonly target: 'request' | 'response';
  /** The port of the manifest. A local replica has one port, so it selects nothing. */
  readonly port: number;
  readonly match: HttpMatch;
  readonly actions: HttpActions;
}

/** All that is given must hold. `code` and `responseHeaders` are for the target `response` only. */
export interface HttpMatch {
  /** A glob on the path without its query: `*` is any text, `?` one character. */
  readonly path?: string;
  readonly method?: string;
  readonly code?: number;
  readonly requestHeaders: readonly HttpField[];
  readonly responseHeaders: readonly HttpField[];
}

/** Name and value. */
export type HttpField = readonly [string, string];

export interface HttpActions {
  readonly abort: boolean;
  readonly delayMs: number;
  readonly replace: HttpReplacement;
  readonly patch: HttpPatch;
}

export interface HttpReplacement {
  readonly path?: string;
  readonly method?: string;
  readonly code?: number;
  /** Base64. */
  readonly body?: string;
  readonly queries: readonly HttpField[];
  readonly headers: readonly HttpField[];
}

export interface HttpPatch {
  readonly queries: readonly HttpField[];
  readonly headers: readonly HttpField[];
}
