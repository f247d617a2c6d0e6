/**
 * The V2 encoding of HdrHistogram, not compressed, for three significant digits and whole units. It is written and
 * read here, and not by the library, since a tape has tens of thousands of small ones: the library allocates and
 * walks a whole histogram for each, these walk what is in it.
 */
const COOKIE = 0x1c849303 | 0x10;
const SIGNIFICANT_DIGITS = 3;
const HEADER_BYTES = 40;
/** Of a count: a whole number below 2^53, in seven bits a byte. */
const LONGEST_WORD_BYTES = 8;
/** More than the longest latency has; a block that goes beyond is none. */
const MOST_SLOTS = 32_768;

export interface HdrCounts {
  /** The slots that hold something lie from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly countAt: (slot: number) => number;
  /** The highest value that the histogram has to have room for. */
  readonly highestValue: number;
}

/** Reused from block to block; what is returned is a copy. */
let scratch = Buffer.alloc(16_384);

export function writeHdrBlock({ first, end: endSlot, countAt, highestValue }: HdrCounts): Uint8Array {
  const most = HEADER_BYTES + (endSlot - first + 1) * LONGEST_WORD_BYTES;
  if (scratch.length < most) scratch = Buffer.alloc(most);
  let end = HEADER_BYTES;
  const put = (word: number): void => {
    let rest = word;
    while (rest >= 0x80) {
      scratch[end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    scratch[end++] = rest;
  };
  /** One is a count, more of them a negative number. */
  const putZeros = (zeros: number): void => {
    if (zeros > 0) put(zeros === 1 ? 0 : zeros * 2 - 1);
  };
  putZeros(first);
  for (let slot = first; slot < endSlot;) {
    const count = countAt(slot++);
    if (count > 0) {
      put(count * 2);
      continue;
    }
    let zeros = 1;
    while (slot < endSlot && countAt(slot) === 0) {
      zeros++;
      slot++;
    }
    putZeros(zeros);
  }
  scratch.writeInt32BE(COOKIE, 0);
  scratch.writeInt32BE(end - HEADER_BYTES, 4);
  scratch.writeInt32BE(0, 8); // offset of normalized indexes
  scratch.writeInt32BE(SIGNIFICANT_DIGITS, 12);
  scratch.writeBigInt64BE(1n, 16); // lowest value that is told apart
  scratch.writeBigInt64BE(BigInt(highestValue), 24);
  scratch.writeDoubleBE(1, 32); // ratio of units
  return Uint8Array.prototype.slice.call(scratch, 0, end);
}

/**
 * Hands out the slots of a block that hold something, and returns their sum.
 * @throws {RangeError} where the bytes are no such block.
 */
export function readHdrBlock(block: Uint8Array, take: (slot: number, count: number) => void): number {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (bytes.length < HEADER_BYTES) throw new RangeError('a histogram block is too short');
  if (bytes.readInt32BE(0) !== COOKIE) throw new RangeError('a histogram block is not of HDR V2');
  if (bytes.readInt32BE(4) !== bytes.length - HEADER_BYTES) {
    throw new RangeError('a histogram block is not as long as it says');
  }
  if (bytes.readInt32BE(12) !== SIGNIFICANT_DIGITS || bytes.readBigInt64BE(16) !== 1n) {
    throw new RangeError('a histogram block has another resolution');
  }
  let slot = 0;
  let total = 0;
  for (let at = HEADER_BYTES; at < bytes.length;) {
    let word = 0;
    let unit = 1;
    let byte: number;
    do {
      if (at >= bytes.length) throw new RangeError('a histogram block is cut short');
      byte = bytes[at++] ?? 0;
      word += (byte & 0x7f) * unit;
      unit *= 0x80;
    } while (byte >= 0x80);
    const zeros = word % 2 === 1 ? (word + 1) / 2 : word === 0 ? 1 : 0;
    if (slot + zeros > MOST_SLOTS || word > Number.MAX_SAFE_INTEGER) {
      throw new RangeError('a histogram block reaches beyond every latency');
    }
    if (zeros > 0) {
      slot += zeros;
    } else {
      take(slot++, word / 2);
      total += word / 2;
    }
  }
  return total;
}
