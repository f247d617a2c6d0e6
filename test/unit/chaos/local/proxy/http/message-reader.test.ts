import { expect } from 'chai';
import fc from 'fast-check';
import {
  requestFraming,
  responseFraming,
} from '../../../../../../src/chaos/local/proxy/http/body-framing.js';
import { createMessageReader } from '../../../../../../src/chaos/local/proxy/http/message-reader.js';

interface Reading {
  /** One word for each message, and what was in its body. */
  readonly messages: readonly string[];
  readonly bytes: string;
  readonly raw: string;
}

/** Reads the text in the pieces that the cuts make. */
function readRequests(text: string, cuts: readonly number[] = []): Reading {
  const reading = { messages: [] as string[], bytes: '', raw: '' };
  const reader = createMessageReader('request', {
    head(head, bytes) {
      reading.messages.push(`${head.method} ${head.target} `);
      reading.bytes += bytes.toString('latin1');
      return requestFraming(head);
    },
    body(bytes) {
      const last = reading.messages.pop() ?? '';
      reading.messages.push(last + bytes.toString('latin1'));
      reading.bytes += bytes.toString('latin1');
    },
    end() {
      const last = reading.messages.pop() ?? '';
      reading.messages.push(`${last}.`);
    },
    unreadable: () => reading.messages.push('unreadable'),
    raw(bytes) {
      reading.raw += bytes.toString('latin1');
    },
  });
  const all = Buffer.from(text, 'latin1');
  const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
  places.slice(1).forEach((end, index) => {
    reader.read(all.subarray(places[index], end));
  });
  reader.finish();
  return reading;
}

function readResponses(text: string, methods: readonly string[]): Reading {
  const reading = { messages: [] as string[], bytes: '', raw: '' };
  const reader = createMessageReader('response', {
    head(head) {
      reading.messages.push(`${head.code} `);
      return responseFraming(head, methods[reading.messages.length - 1] ?? 'GET');
    },
    body(bytes) {
      const last = reading.messages.pop() ?? '';
      reading.messages.push(last + bytes.toString('latin1'));
    },
    end() {
      const last = reading.messages.pop() ?? '';
      reading.messages.push(`${last}.`);
    },
    unreadable: () => reading.messages.push('unreadable'),
    raw(bytes) {
      reading.raw += bytes.toString('latin1');
    },
  });
  reader.read(Buffer.from(text, 'latin1'));
  reader.finish();
  return reading;
}

const GET = 'GET /orders?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKED =
  'PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123\r\n\r\nab\r\n0\r\nTrailer: x\r\n\r\n';
const EMPTY_CHUNKED = 'PUT /y HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n0\r\n\r\n';

describe('createMessageReader', () => {
  it('finds pipelined requests of every framing, wherever they are cut', () => {
    const all = [GET, POST, CHUNKED, EMPTY_CHUNKED];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...all), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (texts, cuts) => {
          const text = texts.join('');
          const reading = readRequests(text, cuts);
          expect(reading).to.deep.equal(readRequests(text));
          expect(reading.messages).to.have.length(texts.length);
          expect(reading.messages.every((message) => message.endsWith('.'))).to.equal(true);
          expect(reading.bytes).to.equal(text);
          expect(reading.raw).to.equal('');
        },
      ),
    );
  });

  it('gives every byte back in order, HTTP or not', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        GET,
        POST,
        CHUNKED,
        '\r\n',
        'GET ',
        'Content-Length: 3\r\n',
        '\r\n\r\n',
        'HTTP/1.1',
        '5\r\n',
      ),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
        const text = parts.join('');
        const { bytes, raw } = readRequests(text, cuts);
        expect(bytes + raw).to.equal(text);
      }),
    );
  });

  it('tells the body as it stands on the wire', () => {
    expect(readRequests(POST).messages).to.deep.equal(['POST /orders hello.']);
    expect(readRequests(CHUNKED).messages[0]).to.contain('5;a=b\r\nhello\r\nA\r\n');
  });

  it('takes empty lines before a request', () => {
    expect(readRequests(`\r\n\r\n${GET}`, [1, 3]).messages).to.deep.equal(['GET /orders?limit=1 .']);
  });

  it('does not guess where two readers could find two ends', () => {
    const heads = [
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: 5, 6',
      'Content-Length: -1',
      'Content-Length: 0x5',
      'Transfer-Encoding: chunked, gzip',
      'Host : a',
      'Host: a\r\n folded',
      'Host: a\nX: b',
    ];
    for (const head of heads) {
      const text = `POST /a HTTP/1.1\r\n${head}\r\n\r\nhello`;
      const { messages, raw } = readRequests(text);
      expect(messages.at(-1), head).to.equal('unreadable');
      expect(raw, head).to.equal(text);
    }
    expect(readRequests('POST /a HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\nhello').messages).to.have.length(1);
  });

  it('knows another protocol before it has to wait for more', () => {
    const others = [
      'PING\r\n',
      'SET a b\r\n',
      'HELLO WORLD',
      '\x16\x03\x01',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '{"a":1}',
    ];
    for (const text of others) {
      const reading = { raw: '' };
      const reader = createMessageReader('request', {
        head: () => undefined,
        body: () => undefined,
        end: () => undefined,
        unreadable: () => undefined,
        raw: (bytes) => (reading.raw += bytes.toString('latin1')),
      });
      reader.read(Buffer.from(text, 'latin1'));
      expect(reading.raw, text).to.equal(text);
    }
  });

  it('passes on what it kept back when the stream ends', () => {
    expect(readRequests('GET /half HT').raw).to.equal('GET /half HT');
  });

  it('finds the end of responses by code and method', () => {
    const text = [
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
      'HTTP/1.1 204\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\nto the end',
    ];
    const methods = ['GET', 'GET', 'HEAD', 'GET', 'GET', 'GET'];
    expect(readResponses(text.join(''), methods).messages).to.deep.equal([
      ...['100 .', '200 ok.', '200 .', '304 .', '204 .', '200 to the end.'],
    ]);
  });

  it('leaves what follows a switch of protocols alone', () => {
    const { messages, raw } = readResponses(
      'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 frame',
      ['GET'],
    );
    expect(messages).to.deep.equal(['101 ']);
    expect(raw).to.equal('HTTP/1.1 200 frame');
  });
});
