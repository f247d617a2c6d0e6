import { PHASES } from '../../shared/phases.js';
import { readHdrBlock } from '../hdr-block.js';
import type { MetricPart } from '../metric-tally.js';

const COUNT_BYTES = 2;
const PART_BYTES = 68;
/** The part has a histogram: it is of a Trend. */
const HAS_BLOCK = 1;

/**
 * | field | type |
 * |---|---|
 * | how many parts | u16 |
 * | each part: series, phase, flags (1: it has a histogram) | u16, u8, u8 |
 * | samples, refused, trues | u32, u32, u32 |
 * | sum: whole, millionths; min, max, last, when the last was | f64 each |
 * | bytes of the block, the block | u32, bytes |
 */
export function writeMetricParts(parts: readonly MetricPart[]): Buffer {
  const blockBytes = parts.reduce((total, { block }) => total + (block?.length ?? 0), 0);
  const bytes = Buffer.alloc(COUNT_BYTES + parts.length * PART_BYTES + blockBytes);
  let at = bytes.writeUInt16LE(parts.length, 0);
  for (const part of parts) {
    at = bytes.writeUInt16LE(part.series, at);
    at = bytes.writeUInt8(PHASES.indexOf(part.phase), at);
    at = bytes.writeUInt8(part.block === undefined ? 0 : HAS_BLOCK, at);
    for (const count of [part.samples, part.refused, part.trues]) at = bytes.writeUInt32LE(count, at);
    const { sumWhole, sumMillionths, min, max, last, lastAtMs } = part;
    for (const number of [sumWhole, sumMillionths, min, max, last, lastAtMs]) {
      at = bytes.writeDoubleLE(number, at);
    }
    at = bytes.writeUInt32LE(part.block?.length ?? 0, at);
    if (part.block !== undefined) bytes.set(part.block, at);
    at += part.block?.length ?? 0;
  }
  return bytes;
}

/** @throws {RangeError} where the bytes are no such parts. */
export function readMetricParts(bytes: Buffer): readonly MetricPart[] {
  const parts: MetricPart[] = [];
  const count = bytes.readUInt16LE(0);
  let at = COUNT_BYTES;
  for (let index = 0; index < count; index++) {
    const part = readPart(bytes, at);
    parts.push(part);
    at += PART_BYTES + (part.block?.length ?? 0);
  }
  if (at !== bytes.length) throw new RangeError('the metrics of a second are not as long as they say');
  return parts;
}

function readPart(bytes: Buffer, at: number): MetricPart {
  const phase = PHASES[bytes.readUInt8(at + 2)];
  if (phase === undefined) throw new RangeError('the value of a metric is of no phase');
  const samples = bytes.readUInt32LE(at + 4);
  const numberAt = (index: number) => bytes.readDoubleLE(at + 16 + index * 8);
  const blockEnd = at + PART_BYTES + bytes.readUInt32LE(at + 64);
  if (blockEnd > bytes.length) throw new RangeError('the values of a metric are longer than their record');
  const hasBlock = bytes.readUInt8(at + 3) === HAS_BLOCK;
  const block = hasBlock ? bytes.subarray(at + PART_BYTES, blockEnd) : undefined;
  if (block !== undefined && readHdrBlock(block, () => undefined) !== samples) {
    throw new RangeError('a histogram holds another number of values than its part');
  }
  return {
    series: bytes.readUInt16LE(at),
    phase,
    samples,
    refused: bytes.readUInt32LE(at + 8),
    trues: bytes.readUInt32LE(at + 12),
    sumWhole: numberAt(0),
    sumMillionths: numberAt(1),
    min: numberAt(2),
    max: numberAt(3),
    last: numberAt(4),
    lastAtMs: numberAt(5),
    block,
  };
}
