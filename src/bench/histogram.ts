import type { Histogram } from 'hdr-histogram-js';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js';
import { messageOf, PlimsollError } from '../shared/errors.js';
import { readHdrBlock, writeHdrBlock } from './hdr-block.js';
import type { LatencyBucket, LatencyDistribution } from './measurement.js';

/** The longest latency with a bucket of its own, a day. Longer ones share it; the maximum still knows them exactly. */
export const LONGEST_US = 24 * 3600 * 1e6;

/** Latencies as they come in; only the functions of this file look inside. */
export interface LatencyRecorder {
  readonly histogram: Histogram;
  /** The sum in two whole numbers, so that it does not depend on the order of its parts. */
  sumUs: number;
  sumNs: number;
  maxUs: number;
}

/** The numbers that an encoded histogram does not hold exactly. */
export interface ExactNumbers {
  readonly meanUs: number;
  readonly maxUs: number;
}

/**
 * An empty recorder: HDR, three significant digits, whole microseconds. It takes 8 KB at first and grows with the
 * largest value: 45 KB for a second, 100 KB for an hour.
 */
export function createRecorder(): LatencyRecorder {
  const histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false, // 30 ns faster a value, for memory that must be freed by hand
  });
  return { histogram, sumUs: 0, sumNs: 0, maxUs: 0 };
}

/** Never throws: what is no length of time counts as the longest, so that nonsense cannot look fast. */
export function recordLatency(recorder: LatencyRecorder, latencyUs: number): void {
  const us = latencyUs >= 0 && latencyUs < Infinity ? latencyUs : LONGEST_US;
  recorder.histogram.recordValue(Math.min(Math.round(us), LONGEST_US));
  const wholeUs = Math.floor(us);
  recorder.sumUs += wholeUs;
  recorder.sumNs += Math.round((us - wholeUs) * 1000);
  if (us > recorder.maxUs) recorder.maxUs = us;
}

/** How many latencies it holds. */
export function countOf({ histogram }: LatencyRecorder): number {
  return histogram.totalCount;
}

/** Adds what a distribution holds. Its percentiles come along exactly, its sum as the mean tells it. */
export function addDistribution(recorder: LatencyRecorder, distribution: LatencyDistribution): void {
  if (distribution.count === 0) return;
  addCounts(recorder.histogram, decode(distribution.encode()));
  recorder.sumUs += (distribution.meanUs ?? 0) * distribution.count;
  recorder.maxUs = Math.max(recorder.maxUs, distribution.maxUs ?? 0);
}

/** Empties a recorder for use again; it keeps its memory. */
export function resetRecorder(recorder: LatencyRecorder): void {
  recorder.histogram.reset();
  recorder.sumUs = 0;
  recorder.sumNs = 0;
  recorder.maxUs = 0;
}

/** What is in all of them together, as a copy: the same to the last bit, in whatever order and parts it came. */
export function mergeRecorders(recorders: Iterable<LatencyRecorder>): LatencyRecorder {
  const total = createRecorder();
  for (const recorder of recorders) {
    addCounts(total.histogram, recorder.histogram);
    addExact(total, recorder);
  }
  return total;
}

/** The counts of a recorder as an HDR V2 block, not compressed. Any HDR library reads it. */
export function encodeBlock(recorder: LatencyRecorder): Uint8Array {
  const histogram = requireJs(recorder.histogram);
  return writeHdrBlock({
    ...slotsOf(histogram),
    countAt: (index) => histogram.getCountAtIndex(index),
    highestValue: Math.max(2, histogram.highestEquivalentValue(histogram.maxValue)),
  });
}

/**
 * Adds what `encodeBlock` wrote, with the sum and the maximum that a block does not hold.
 * @throws {RangeError} where the bytes are no such block.
 */
export function addBlock(
  recorder: LatencyRecorder,
  block: Uint8Array,
  exact: Pick<LatencyRecorder, 'sumUs' | 'sumNs' | 'maxUs'>,
): void {
  const histogram = requireJs(recorder.histogram);
  reserve(histogram, Math.min(Math.round(exact.maxUs), LONGEST_US));
  const add = slotAdder(histogram);
  readHdrBlock(block, add.slot);
  add.end();
  addExact(recorder, exact);
}

function addExact(
  recorder: LatencyRecorder,
  exact: Pick<LatencyRecorder, 'sumUs' | 'sumNs' | 'maxUs'>,
): void {
  recorder.sumUs += exact.sumUs;
  recorder.sumNs += exact.sumNs;
  recorder.maxUs = Math.max(recorder.maxUs, exact.maxUs);
}

/** The library's own way is as slow for two samples as for a million, and depends on what was in there before. */
function addCounts(total: Histogram, part: Histogram): void {
  const from = requireJs(part);
  const { first, end } = slotsOf(from);
  const to = requireJs(total);
  if (first < end) reserve(to, from.valueFromIndex(end - 1));
  const add = slotAdder(to);
  for (let slot = first; slot < end; slot++) {
    const count = from.getCountAtIndex(slot);
    if (count > 0) add.slot(slot, count);
  }
  add.end();
}

/**
 * Adds counts slot by slot, from the lowest up, where there is room for them. The library looks for the slot of each
 * value with divisions and powers; here only the lowest and the highest go that way, for it to know them.
 */
function slotAdder(histogram: JsHistogram): {
  readonly slot: (slot: number, count: number) => void;
  readonly end: () => void;
} {
  let isFirst = true;
  let lastSlot = -1;
  let lastCount = 0;
  let total = 0;
  const record = (slot: number, count: number): void => {
    histogram.recordValueWithCount(histogram.valueFromIndex(slot), count);
  };
  return {
    slot(slot, count) {
      if (lastSlot >= 0) {
        if (isFirst || lastSlot >= histogram.countsArrayLength) {
          record(lastSlot, lastCount);
          isFirst = false;
        } else {
          histogram.addToCountAtIndex(lastSlot, lastCount);
          total += lastCount;
        }
      }
      lastSlot = slot;
      lastCount = count;
    },
    end() {
      histogram.addToTotalCount(total);
      if (lastSlot >= 0) record(lastSlot, lastCount);
    },
  };
}

/** Makes room for a value at once, and not step by step as the values come. */
function reserve(histogram: JsHistogram, highestUs: number): void {
  if (highestUs >= 0 && histogram.countsArrayIndex(highestUs) >= histogram.countsArrayLength) {
    histogram.resize(highestUs);
  }
}

/** The slots that hold something lie from `first` to before `end`. */
function slotsOf(histogram: JsHistogram): { readonly first: number; readonly end: number } {
  if (histogram.totalCount === 0) return { first: 0, end: 0 };
  const end = histogram.countsArrayIndex(histogram.maxValue) + 1;
  const first = histogram.getCountAtIndex(0) > 0 ? 0 : histogram.countsArrayIndex(histogram.minNonZeroValue);
  return { first, end };
}

function requireJs(histogram: Histogram): JsHistogram {
  if (histogram instanceof JsHistogram) return histogram;
  throw new Error('histograms are built and decoded without WebAssembly');
}

/**
 * What the recorder holds now; later records do not change it. Percentiles go by nearest rank and are rounded up to
 * the end of their bucket. Mean and maximum are exact, to the nanosecond.
 */
export function distributionOf(recorder: LatencyRecorder): LatencyDistribution {
  const { histogram, sumUs, sumNs, maxUs } = mergeRecorders([recorder]);
  if (histogram.totalCount === 0) return view(histogram, undefined);
  const meanUs = (sumUs + sumNs / 1000) / histogram.totalCount;
  return view(histogram, { meanUs: toNanosecond(meanUs), maxUs: toNanosecond(maxUs) });
}

/**
 * Reads what `encode` wrote. Percentiles are those of the original. Without the exact numbers, mean and maximum are
 * approximations: within 0.1 %, or half a microsecond where that is more.
 * @throws {PlimsollError} USAGE where the text is no such histogram.
 */
export function decodeDistribution(base64: string, exact?: ExactNumbers): LatencyDistribution {
  const histogram = decode(base64);
  if (histogram.totalCount === 0) return view(histogram, undefined);
  return view(
    histogram,
    exact ?? { meanUs: toNanosecond(meanOf(histogram)), maxUs: toNanosecond(histogram.maxValue) },
  );
}

/**
 * The place of a percentile among `count` values in order, from 1 (nearest rank): the first at or below which that
 * share of them lies. The tolerance takes back what binary fractions add: 99.9 % of 1,000 is the 999th.
 */
export function rankOf(percent: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil((percent * count) / 100 - 1e-6)));
}

function view(histogram: Histogram, exact: ExactNumbers | undefined): LatencyDistribution {
  const count = histogram.totalCount;
  return {
    count,
    meanUs: exact?.meanUs,
    maxUs: exact?.maxUs,
    percentileUs(percent) {
      if (exact === undefined) return undefined;
      const rank = rankOf(percent, count);
      if (rank === count) return exact.maxUs;
      // Half a rank below: the histogram rounds a rank up, and must not meet the border between two.
      const bucketEndUs = histogram.getValueAtPercentile(((rank - 0.5) / count) * 100);
      return Math.min(bucketEndUs, exact.maxUs);
    },
    buckets: () => bucketsOf(histogram, exact?.maxUs ?? 0),
    encode: () => trimPadding(encodeIntoCompressedBase64(histogram)),
  };
}

function bucketsOf(histogram: Histogram, maxUs: number): LatencyBucket[] {
  const buckets = usedBuckets(requireJs(histogram));
  const last = buckets.pop(); // the one bucket whose largest value is known exactly
  return last === undefined ? [] : [...buckets, { ...last, toUs: maxUs }];
}

/** As if each value lay in the middle of its bucket. */
function meanOf(histogram: Histogram): number {
  const js = requireJs(histogram);
  const total = usedBuckets(js).reduce(
    (sum, { toUs, count }) => sum + js.medianEquivalentValue(toUs) * count,
    0,
  );
  return total / js.totalCount;
}

/** The library has an iterator, which works out the value of every empty bucket on its way and takes 20 times as long. */
function usedBuckets(histogram: JsHistogram): LatencyBucket[] {
  const buckets: LatencyBucket[] = [];
  let left = histogram.totalCount;
  for (let index = 0; left > 0 && index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    buckets.push({ toUs: histogram.highestEquivalentValue(histogram.valueFromIndex(index)), count });
    left -= count;
  }
  return buckets;
}

function decode(base64: string): Histogram {
  try {
    return decodeFromCompressedBase64(base64, 32, false);
  } catch (cause) {
    throw new PlimsollError('USAGE', `cannot read a latency histogram: ${messageOf(cause)}`, {
      remedy: 'it must be HDR V2, compressed, base64; the file may be cut short or edited',
      cause,
    });
  }
}

/** The library encodes its buffer with the unused end, about twice what is needed. */
function trimPadding(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const headerBytes = 8;
  return bytes.subarray(0, headerBytes + bytes.readInt32BE(4)).toString('base64');
}

function toNanosecond(us: number): number {
  return Math.round(us * 1000) / 1000;
}
