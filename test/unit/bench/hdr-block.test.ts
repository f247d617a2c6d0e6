import { expect } from 'chai';
import fc from 'fast-check';
import { deflateSync } from 'node:zlib';
import { readHdrBlock } from '../../../src/bench/hdr-block.js';
import {
  addBlock,
  createRecorder,
  decodeDistribution,
  distributionOf,
  encodeBlock,
  type LatencyRecorder,
  recordLatency,
} from '../../../src/bench/histogram.js';

const anyLatencies = fc.array(
  fc.oneof(fc.nat(3000), fc.double({ min: 0, max: 9e9, noNaN: true }), fc.constantFrom(0, 1, 86_400e6)),
  { maxLength: 60 },
);

function recorderOf(latenciesUs: readonly number[]): LatencyRecorder {
  const recorder = createRecorder();
  for (const latencyUs of latenciesUs) recordLatency(recorder, latencyUs);
  return recorder;
}

/** The same block as the library's own text form has it: compressed, with a cookie and a length, in base64. */
function asText(block: Uint8Array): string {
  const compressed = deflateSync(block);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849304 | 0x10, 0);
  head.writeInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString('base64');
}

describe('a histogram block', () => {
  it('is what an HDR library reads', () => {
    fc.assert(
      fc.property(anyLatencies, (latenciesUs) => {
        const recorder = recorderOf(latenciesUs);
        const read = decodeDistribution(asText(encodeBlock(recorder)));
        expect(read.count).to.equal(latenciesUs.length);
        expect(read.buckets().map(({ count }) => count)).to.deep.equal(
          distributionOf(recorder)
            .buckets()
            .map(({ count }) => count),
        );
      }),
    );
  });

  it('gives back what was recorded, whatever it is added to', () => {
    fc.assert(
      fc.property(anyLatencies, anyLatencies, (before, latenciesUs) => {
        const total = recorderOf(before);
        const added = recorderOf(latenciesUs);
        addBlock(total, encodeBlock(added), added);
        const expected = distributionOf(recorderOf([...before, ...latenciesUs]));
        const read = distributionOf(total);
        expect(read.encode()).to.equal(expected.encode());
        expect([read.meanUs, read.maxUs]).to.deep.equal([expected.meanUs, expected.maxUs]);
      }),
    );
  });

  it('that is cut anywhere is refused', () => {
    const block = encodeBlock(recorderOf([1, 2, 2, 5000, 7e6]));
    for (let length = 0; length < block.length; length++) {
      expect(() => readHdrBlock(block.subarray(0, length), () => undefined), `${length}`).to.throw(
        RangeError,
      );
    }
  });

  it('of nonsense ends in an error of its own, or in counts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (rest) => {
        const block = Buffer.concat([encodeBlock(createRecorder()), rest]);
        block.writeInt32BE(rest.length, 4);
        try {
          addBlock(createRecorder(), block, { sumUs: 0, sumNs: 0, maxUs: 0 });
        } catch (thrown) {
          expect(thrown).to.be.instanceOf(RangeError);
        }
      }),
    );
  });
});
