import { expect } from 'chai';
import fc from 'fast-check';
import {
  createFrameReader,
  encodeFrame,
  OPCODE,
} from '../../../../src/shared/kubernetes/web-socket-frames.js';
import { clientFrames, serverFrame } from '../../../support/fake-port-forward.js';

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000).map((length) => new Uint8Array(length).fill(7)),
);

describe('web socket frames', () => {
  it('read back as they were sent, however they were cut', () => {
    fc.assert(
      fc.property(
        fc.array(payload, { maxLength: 4 }),
        fc.integer({ min: 1, max: 50_000 }),
        (payloads, cut) => {
          const bytes = Buffer.concat(payloads.map((each) => serverFrame(OPCODE.binary, Buffer.from(each))));
          const read = createFrameReader();
          const frames = [];
          for (let at = 0; at < bytes.length; at += cut) frames.push(...read(bytes.subarray(at, at + cut)));
          expect(frames.map((frame) => [...frame.payload])).to.deep.equal(payloads.map((each) => [...each]));
          expect(frames.every(({ opcode }) => opcode === OPCODE.binary)).to.equal(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are masked on their way out, and say the same when the mask is off', () => {
    fc.assert(
      fc.property(payload, fc.uint8Array({ minLength: 4, maxLength: 4 }), (content, mask) => {
        const frame = encodeFrame(OPCODE.binary, Buffer.from(content), Buffer.from(mask));
        expect(frame[1]! & 0x80, 'masked').to.equal(0x80);
        const [read, ...others] = clientFrames(frame);
        expect(others).to.deep.equal([]);
        expect([...read!.payload]).to.deep.equal([...content]);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where a server masks them, or means to send more than fits', () => {
    const masked = encodeFrame(OPCODE.binary, Buffer.from('x'), Buffer.alloc(4));
    expect(() => createFrameReader()(masked)).to.throw(/must not mask/);
    const huge = Buffer.from([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(() => createFrameReader()(huge)).to.throw(/too long/);
  });
});
