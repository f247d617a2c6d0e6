export const NEWLINE = 10;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
const Z = 0x5a;
/** `2026-11-23T06:10:59` */
const SECOND_LENGTH = 19;
/** So many digits are exact as a number. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** Whether the bytes stand there; from the end, where those that are alike differ first. */
export function standsAt(text: Buffer, at: number, bytes: Buffer): boolean {
  // One byte read behind the end would make all reading of bytes slower from then on.
  if (at + bytes.length > text.length) return false;
  for (let index = bytes.length - 1; index >= 0; index--) {
    if (text[at + index] !== bytes[index]) return false;
  }
  return true;
}

/** A number that was read, and where it ends. Used again by each reading, so that none makes an object. */
export interface NumberBytes {
  value: number;
  end: number;
}

/** Reads `-12.345`, to the same number as Number() does; false for what takes more care: exponents, many digits. */
export function readDecimal(text: Buffer, start: number, into: NumberBytes): boolean {
  const isNegative = text[start] === MINUS;
  const from = isNegative ? start + 1 : start;
  let at = from;
  let digits = 0;
  let fraction = -1;
  for (; ; at++) {
    const byte = text[at] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
    } else if (byte === DOT && fraction < 0) {
      fraction = at;
    } else {
      break;
    }
  }
  const places = fraction < 0 ? 0 : at - fraction - 1;
  const length = at - from - (fraction < 0 ? 0 : 1);
  if (length === 0 || length > EXACT_DIGITS) return false;
  const size = places === 0 ? digits : digits / (POWERS[places] ?? 1);
  into.value = isNegative ? -size : size;
  into.end = at;
  return true;
}

/** Reads times that are of the same second as the one before, which many rows are. */
export interface TimeBytes {
  /** False where the second is another, or the zone is not UTC. */
  read(text: Buffer, start: number, into: NumberBytes): boolean;
  /** What the second there is, as another has found out. */
  learn(text: Buffer, start: number, atMs: number): void;
}

export function createTimeBytes(): TimeBytes {
  let second: Buffer = Buffer.alloc(0);
  let secondMs = 0;
  return {
    read(text, start, into) {
      if (second.length === 0 || !standsAt(text, start, second)) return false;
      let at = start + SECOND_LENGTH;
      into.value = secondMs;
      if (text[at] === DOT) {
        let digits = 0;
        const from = ++at;
        for (; (text[at] ?? 0) >= ZERO && (text[at] ?? 0) <= NINE; at++) {
          digits = digits * 10 + ((text[at] ?? 0) - ZERO);
        }
        if (at - from > EXACT_DIGITS) return false;
        into.value = secondMs + (digits / (POWERS[at - from] ?? 1)) * 1000;
      }
      into.end = at + 1;
      return text[at] === Z && text[at + 1] === QUOTE;
    },
    learn(text, start, atMs) {
      second = Buffer.from(text.subarray(start, start + SECOND_LENGTH));
      secondMs = Math.floor(atMs / 1000) * 1000;
    },
  };
}

/** Reads the number in quotes that ends here, and where its opening quote is; false where there is none. */
export function readQuotedBackwards(text: Buffer, endQuote: number, into: NumberBytes): boolean {
  if (text[endQuote] !== QUOTE) return false;
  let at = endQuote - 1;
  let value = 0;
  let unit = 1;
  for (; (text[at] ?? 0) >= ZERO && (text[at] ?? 0) <= NINE; at--) {
    value += ((text[at] ?? 0) - ZERO) * unit;
    unit *= 10;
  }
  if (text[at] !== QUOTE || at === endQuote - 1 || unit > 10 ** EXACT_DIGITS) return false;
  into.value = value;
  into.end = at;
  return true;
}
