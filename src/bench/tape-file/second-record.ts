import { readHdrBlock } from '../hdr-block.js';
import { RESULT_NO_RESPONSE } from '../sample-batch.js';
import type { Part, Second, SlicePhase } from '../second.js';
import { MEMBERSHIPS, SLICE_PHASES } from '../second.js';

const HEAD_BYTES = 25;
const DROPPED_BYTES = 5;
const PART_BYTES = 37;

/**
 * | field | type |
 * |---|---|
 * | startMs, endMs | f64, f64 |
 * | span | u32 |
 * | how many kinds of drops, how many parts | u8, u32 |
 * | each drop: phase, count | u8, u32 |
 * | each part: endpoint, phase, membership, result | u16, u8, u8, u8 |
 * | requests, sumUs, sumNs, maxUs, bytes of the block, the block | u32, f64, f64, f64, u32, bytes |
 */
export function writeSecond({ startMs, endMs, span, dropped, parts }: Second): Buffer {
  const blockBytes = parts.reduce((total, { block }) => total + block.length, 0);
  const bytes = Buffer.alloc(
    HEAD_BYTES + dropped.size * DROPPED_BYTES + parts.length * PART_BYTES + blockBytes,
  );
  let at = bytes.writeDoubleLE(startMs, 0);
  at = bytes.writeDoubleLE(endMs, at);
  at = bytes.writeUInt32LE(span, at);
  at = bytes.writeUInt8(dropped.size, at);
  at = bytes.writeUInt32LE(parts.length, at);
  for (const [phase, count] of dropped) {
    at = bytes.writeUInt8(SLICE_PHASES.indexOf(phase), at);
    at = bytes.writeUInt32LE(count, at);
  }
  for (const part of parts) {
    at = bytes.writeUInt16LE(part.endpoint, at);
    at = bytes.writeUInt8(SLICE_PHASES.indexOf(part.phase), at);
    at = bytes.writeUInt8(MEMBERSHIPS.indexOf(part.membership), at);
    at = bytes.writeUInt8(part.result, at);
    at = bytes.writeUInt32LE(part.requests, at);
    at = bytes.writeDoubleLE(part.sumUs, at);
    at = bytes.writeDoubleLE(part.sumNs, at);
    at = bytes.writeDoubleLE(part.maxUs, at);
    at = bytes.writeUInt32LE(part.block.length, at);
    bytes.set(part.block, at);
    at += part.block.length;
  }
  return bytes;
}

/**
 * Its metrics stand in a record of their own.
 * @throws {RangeError} where the bytes are no such second.
 */
export function readSecond(bytes: Buffer): Second {
  const dropKinds = bytes.readUInt8(20);
  const partCount = bytes.readUInt32LE(21);
  const dropped = new Map<SlicePhase, number>();
  let at = HEAD_BYTES;
  for (let index = 0; index < dropKinds; index++, at += DROPPED_BYTES) {
    dropped.set(nameAt(SLICE_PHASES, bytes.readUInt8(at)), bytes.readUInt32LE(at + 1));
  }
  const parts: Part[] = [];
  for (let index = 0; index < partCount; index++) {
    const part = readPart(bytes, at);
    parts.push(part);
    at += PART_BYTES + part.block.length;
  }
  if (at !== bytes.length) throw new RangeError('a second is not as long as its parts');
  return {
    startMs: bytes.readDoubleLE(0),
    endMs: bytes.readDoubleLE(8),
    span: bytes.readUInt32LE(16),
    dropped,
    parts,
    metrics: [],
  };
}

function readPart(bytes: Buffer, at: number): Part {
  const result = bytes.readUInt8(at + 4);
  if (result > RESULT_NO_RESPONSE) throw new RangeError('a part has an unknown result');
  const blockEnd = at + PART_BYTES + bytes.readUInt32LE(at + 33);
  if (blockEnd > bytes.length) throw new RangeError('a part is longer than its second');
  const requests = bytes.readUInt32LE(at + 5);
  const block = bytes.subarray(at + PART_BYTES, blockEnd);
  if (readHdrBlock(block, () => undefined) !== requests) {
    throw new RangeError('a histogram holds another number of requests than its part');
  }
  return {
    endpoint: bytes.readUInt16LE(at),
    phase: nameAt(SLICE_PHASES, bytes.readUInt8(at + 2)),
    membership: nameAt(MEMBERSHIPS, bytes.readUInt8(at + 3)),
    result,
    requests,
    sumUs: bytes.readDoubleLE(at + 9),
    sumNs: bytes.readDoubleLE(at + 17),
    maxUs: bytes.readDoubleLE(at + 25),
    block,
  };
}

function nameAt<Name>(names: readonly Name[], index: number): Name {
  const name = names[index];
  if (name === undefined) throw new RangeError(`a part is of kind ${index}, which there is not`);
  return name;
}
