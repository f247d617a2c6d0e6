import { crc32 } from 'node:zlib';

/** What every tape begins with. */
export const MAGIC = Buffer.from('PLIMTAPE', 'latin1');

const HEAD_BYTES = 8;
const CHECK_BYTES = 4;

/** A record in its frame: its length, a check of the length, itself, a check of itself. All little-endian. */
export function writeFrame(body: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + body.length + CHECK_BYTES);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(0, 4)), 4);
  frame.set(body, HEAD_BYTES);
  frame.writeUInt32LE(crc32(body), HEAD_BYTES + body.length);
  return frame;
}

export type ReadFrame =
  | { readonly status: 'whole'; readonly body: Buffer; readonly nextByte: number }
  /** The file ends here or in the middle of it, as it does where its writer died. */
  | { readonly status: 'cut-short' }
  | { readonly status: 'damaged'; readonly reason: string };

/**
 * Reads the frame that begins at a byte. The length has a check of its own, so that a damaged one is not taken for a
 * file that was cut short.
 */
export function readFrame(bytes: Buffer, atByte: number): ReadFrame {
  if (atByte + HEAD_BYTES > bytes.length) return { status: 'cut-short' };
  const length = bytes.readUInt32LE(atByte);
  if (crc32(bytes.subarray(atByte, atByte + 4)) !== bytes.readUInt32LE(atByte + 4)) {
    // Some file systems leave zeros where the power was lost before the data was written.
    if (bytes.subarray(atByte).every((byte) => byte === 0)) return { status: 'cut-short' };
    return { status: 'damaged', reason: 'the length of a record does not match its checksum' };
  }
  const bodyByte = atByte + HEAD_BYTES;
  const nextByte = bodyByte + length + CHECK_BYTES;
  if (nextByte > bytes.length) return { status: 'cut-short' };
  const body = bytes.subarray(bodyByte, bodyByte + length);
  if (crc32(body) !== bytes.readUInt32LE(bodyByte + length)) {
    return { status: 'damaged', reason: 'a record does not match its checksum' };
  }
  return { status: 'whole', body, nextByte };
}
