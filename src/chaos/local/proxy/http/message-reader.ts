import type { BodyFraming } from './body-framing.js';
import { createBodyReader, type BodyReader } from './body-reader.js';
import { canBeHead, parseHead, type MessageHead } from './message-head.js';

/** Every byte that is read comes back in one of `head`, `body` and `raw`, in order. */
export interface MessageEvents<H extends MessageHead> {
  /** Returns where the body ends; undefined where it cannot be known, and then the head comes back as raw. */
  head(head: H, bytes: Buffer): BodyFraming | undefined;
  /** A part of the body as it stands on the wire, chunk sizes included. */
  body(bytes: Buffer): void;
  end(): void;
  /** What comes from here on is not read any more. */
  unreadable(): void;
  raw(bytes: Buffer): void;
}

/** Cuts a stream of bytes into messages of HTTP/1.x. */
export interface MessageReader {
  read(bytes: Buffer): void;
  /** The stream is over. */
  finish(): void;
  /** Between two messages, with nothing kept back. */
  readonly isBetween: boolean;
  /** What comes from here on is another protocol. */
  stop(): void;
}

const LONGEST_HEAD = 64 * 1024;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

export function createMessageReader<K extends MessageHead['kind']>(
  kind: K,
  events: MessageEvents<Extract<MessageHead, { kind: K }>>,
): MessageReader {
  let pending: Buffer = NOTHING;
  let body: BodyReader | undefined;
  let isUntilClose = false;
  let isRaw = false;

  function giveUp(bytes: Buffer): void {
    isRaw = true;
    body = undefined;
    events.unreadable();
    if (bytes.length > 0) events.raw(bytes);
  }

  /** Returns what is left of the bytes. */
  function readHead(bytes: Buffer): Buffer {
    const searchFrom = Math.max(0, pending.length - HEAD_END.length);
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    // Empty lines before a request are allowed, and no head's end.
    let start = 0;
    while (pending[start] === 13 && pending[start + 1] === 10) start += 2;
    const end = pending.indexOf(HEAD_END, Math.max(start, searchFrom));
    if (end < 0 && pending.length <= LONGEST_HEAD && canBeHead(kind, pending)) return NOTHING;
    const whole = pending;
    pending = NOTHING;
    const own = whole.subarray(0, end < 0 ? 0 : end + HEAD_END.length);
    const head = parseHead(kind, own) as Extract<MessageHead, { kind: K }> | undefined;
    const framing = head && events.head(head, own);
    if (framing === undefined) {
      giveUp(whole);
      return NOTHING;
    }
    begin(framing);
    return whole.subarray(own.length);
  }

  function begin(framing: BodyFraming): void {
    isUntilClose = framing.kind === 'until-close';
    if (framing.kind === 'none') events.end();
    else if (framing.kind === 'tunnel') isRaw = true;
    else body = createBodyReader(framing);
  }

  /** Returns what is left of the bytes. */
  function readBody(reader: BodyReader, bytes: Buffer): Buffer {
    const { used, status } = reader(bytes);
    if (used > 0) events.body(bytes.subarray(0, used));
    if (status === 'broken') {
      giveUp(bytes.subarray(used));
      return NOTHING;
    }
    if (status === 'over') {
      body = undefined;
      events.end();
    }
    return bytes.subarray(used);
  }

  function stop(): void {
    isRaw = true;
    body = undefined;
    if (pending.length > 0) events.raw(pending);
    pending = NOTHING;
  }

  return {
    read(bytes) {
      let rest = bytes;
      while (rest.length > 0) {
        if (isRaw) {
          events.raw(rest);
          return;
        }
        rest = body === undefined ? readHead(rest) : readBody(body, rest);
      }
    },
    finish() {
      if (body !== undefined && isUntilClose) events.end();
      stop();
    },
    stop,
    get isBetween() {
      return isRaw || (body === undefined && pending.length === 0);
    },
  };
}
