import type { BodyFraming } from './body-framing.js';

/** How many of the bytes belong to the body, and whether that was the last of it. */
export interface BodyPart {
  readonly used: number;
  readonly status: 'more' | 'over' | 'broken';
}

/** Finds the end of a body, however its bytes are cut. */
export type BodyReader = (bytes: Buffer) => BodyPart;

const LONGEST_LINE = 8192;
const LF = 10;

export function createBodyReader(framing: BodyFraming): BodyReader {
  switch (framing.kind) {
    case 'length':
      return lengthReader(framing.bytes);
    case 'chunked':
      return chunkedReader();
    case 'none':
      return () => ({ used: 0, status: 'over' });
    case 'until-close':
    case 'tunnel':
      return (bytes) => ({ used: bytes.length, status: 'more' });
    default:
      return framing satisfies never;
  }
}

function lengthReader(length: number): BodyReader {
  let left = length;
  return (bytes) => {
    const used = Math.min(left, bytes.length);
    left -= used;
    return { used, status: left === 0 ? 'over' : 'more' };
  };
}

function chunkedReader(): BodyReader {
  let state: 'size' | 'data' | 'trailer' = 'size';
  let line = '';
  /** Of the chunk, with the line end behind it. */
  let left = 0;

  /** Returns whether the line was one that may stand there. */
  function endLine(): boolean {
    const text = line.replace(/\r?\n$/, '');
    line = '';
    if (state === 'trailer') return true;
    const size = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(text)?.[1];
    if (size === undefined) return false;
    const bytes = parseInt(size, 16);
    state = bytes === 0 ? 'trailer' : 'data';
    left = bytes + 2;
    return true;
  }

  return (bytes) => {
    let used = 0;
    while (used < bytes.length) {
      if (state === 'data') {
        const step = Math.min(left, bytes.length - used);
        used += step;
        left -= step;
        if (left === 0) state = 'size';
        continue;
      }
      const end = bytes.indexOf(LF, used);
      const stop = end < 0 ? bytes.length : end + 1;
      line += bytes.toString('latin1', used, stop);
      used = stop;
      if (line.length > LONGEST_LINE) return { used, status: 'broken' };
      if (end < 0) continue;
      if (state === 'trailer' && (line === '\r\n' || line === '\n')) return { used, status: 'over' };
      if (!endLine()) return { used, status: 'broken' };
    }
    return { used, status: 'more' };
  };
}
