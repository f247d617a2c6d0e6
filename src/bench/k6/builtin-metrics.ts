import type { MetricSeries } from '../metric-series.js';

type Kind = Pick<MetricSeries, 'type' | 'contains'>;

const counter: Kind = { type: 'counter', contains: 'default' };
const gauge: Kind = { type: 'gauge', contains: 'default' };
const rate: Kind = { type: 'rate', contains: 'default' };
const times: Kind = { type: 'trend', contains: 'time' };
const bytes: Kind = { type: 'counter', contains: 'data' };

/** k6's own metrics. A script that makes one of the same name has to make it of the same kind. */
export const BUILTIN_METRICS: ReadonlyMap<string, Kind> = new Map([
  ['vus', gauge],
  ['vus_max', gauge],
  ['iterations', counter],
  ['iteration_duration', times],
  ['dropped_iterations', counter],
  ['checks', rate],
  ['group_duration', times],
  ['http_reqs', counter],
  ['http_req_failed', rate],
  ['http_req_duration', times],
  ['http_req_blocked', times],
  ['http_req_connecting', times],
  ['http_req_tls_handshaking', times],
  ['http_req_sending', times],
  ['http_req_waiting', times],
  ['http_req_receiving', times],
  ['ws_sessions', counter],
  ['ws_msgs_sent', counter],
  ['ws_msgs_received', counter],
  ['ws_ping', times],
  ['ws_session_duration', times],
  ['ws_connecting', times],
  ['grpc_req_duration', times],
  ['data_sent', bytes],
  ['data_received', bytes],
]);

/** Parts of a request's time, in the order in which k6 writes them. It writes 0 where there was no response. */
export const PARTS_OF_REQUEST: readonly string[] = [
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
];
