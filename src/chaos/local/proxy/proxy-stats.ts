import type { EpochMs } from '../../../shared/time.js';

/** What the proxy carried and what its faults really did, counted since its start. */
export interface ProxyStats {
  readonly atMs: EpochMs;
  readonly services: readonly ServiceTraffic[];
  readonly replicas: readonly ReplicaTraffic[];
  /** One for each rule and replica that it was ever set on, removed rules included. */
  readonly doses: readonly RuleDose[];
}

export interface ServiceTraffic {
  readonly service: string;
  readonly acceptedConnections: number;
  /** Reset, since no replica was ready or none could be reached. */
  readonly refusedConnections: number;
}

export interface ReplicaTraffic {
  readonly service: string;
  readonly id: string;
  readonly uid: string;
  readonly openConnections: number;
  readonly acceptedConnections: number;
  readonly bytesToReplica: number;
  readonly bytesFromReplica: number;
}

export type RuleDose = DelayDose | BandwidthDose | PartitionDose | HttpDose;

interface Dose {
  readonly ruleId: string;
  readonly replicaUid: string;
  /** The rule is set now. */
  readonly active: boolean;
}

export interface DelayDose extends Dose {
  readonly type: 'delay';
  /** Chunks of response that were held. */
  readonly chunksDelayed: number;
  /** Connections whose start was held. */
  readonly connectionsDelayed: number;
  /** As measured from arrival to release, over chunks and connection starts; 0 where there was none. */
  readonly meanAddedMs: number;
}

export interface BandwidthDose extends Dose {
  readonly type: 'bandwidth';
  readonly bytesPassed: number;
  /** Those of them that had to wait. */
  readonly bytesThrottled: number;
}

export interface PartitionDose extends Dose {
  readonly type: 'partition';
  /** Connections that were open when it came, or were made since. */
  readonly connectionsHeld: number;
  readonly bytesHeld: number;
}

export interface HttpDose extends Dose {
  readonly type: 'http';
  /** Messages looked at, whether they matched or not. */
  readonly messagesSeen: number;
  readonly aborted: number;
  readonly delayed: number;
  readonly replaced: number;
  readonly patched: number;
  /** As measured; 0 where none was delayed. */
  readonly meanAddedMs: number;
  /** Connections that could not be read as HTTP/1.x and went through untouched. */
  readonly connectionsUnread: number;
}
