import type { Duplex } from 'node:stream';
import type { EpochMs } from '../time.js';

/** Any object of the API. Only what Plimsoll itself reads is typed. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: KubeMetadata;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/v1/namespaces/shop/pods` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Names, labels, annotations and owners alone. A CRD is a hundred times as large as its metadata. */
  readonly metadataOnly?: 'of-a-list' | 'of-an-object';
  /** A PATCH is a JSON merge patch. */
  readonly body?: unknown;
}

export interface KubeResponse {
  readonly body: unknown;
  /** The API server's own clock, to the second; undefined where it did not say. */
  readonly serverDateMs: EpochMs | undefined;
}

/** One line of a watch. */
export interface KubeEvent {
  readonly type: string;
  readonly object: unknown;
}

/** A command in a container of a pod. */
export interface ExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

/** A command that runs, with its input and its output open. */
export interface ExecSession {
  write(text: string): void;
  /** Resolves with the reason when the command or the connection has ended. Never rejects. */
  readonly ended: Promise<string>;
  /** Lets go of the connection: the command gets the end of its input. */
  close(): void;
}

/** A port of a pod, as its containers know it. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The API of one cluster, with the credentials of one identity. */
export interface KubeClient {
  /** `https://10.0.0.1:6443` */
  readonly server: string;
  /** Whether it is the cluster around this process, which runs in one of its pods. */
  readonly isOwnPod: boolean;
  /** What kubectl needs to reach the same cluster as the same identity: `kubectl --context staging`. */
  readonly kubectl: string;
  /** Rejects with a KubeError, or the signal's reason. Gives up by itself after a deadline. */
  send(request: KubeRequest, signal: AbortSignal): Promise<KubeResponse>;
  /**
   * The events of a watch, until the server ends it. Throws a KubeError, also where nothing at all arrived for
   * `silenceMs`: a connection may be half open for ever otherwise.
   */
  watch(
    request: Pick<KubeRequest, 'path' | 'query'>,
    silenceMs: number,
    signal: AbortSignal,
  ): AsyncIterable<KubeEvent>;
  /**
   * Starts a command in a container. Rejects with a KubeError, or the signal's reason.
   *
   * @param onOutput gets what the command writes to its standard output
   */
  exec(
    request: ExecRequest,
    onOutput: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<ExecSession>;
  /**
   * A connection to a port of a pod, as `kubectl port-forward` makes it; the signal is of its opening alone. Rejects as
   * `send` does. It ends with the pod's side, and breaks where the pod refuses it or goes away.
   */
  openPort(port: PodPort, signal: AbortSignal): Promise<Duplex>;
}
