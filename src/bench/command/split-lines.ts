const NEWLINE = 10;
/** What goes on for longer is no row of a load, and must not fill the memory. */
const LONGEST_LINE = 1024 * 1024;

export interface LineSplitter {
  /** Takes the next bytes, cut anywhere. They may be overwritten afterwards. */
  push(bytes: Uint8Array): void;
  /** Takes what is left for a line, although nothing ended it. */
  end(): void;
}

/** Cuts bytes into lines, without their ends. A line that is far too long arrives cut. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = [];
  let length = 0;

  const keep = (bytes: Buffer): void => {
    const room = LONGEST_LINE - length;
    if (room <= 0 || bytes.length === 0) return;
    parts.push(Buffer.from(bytes.subarray(0, room)));
    length += Math.min(room, bytes.length);
  };
  const emit = (): void => {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    onLine(text.endsWith('\r') ? text.slice(0, -1) : text);
  };

  return {
    push(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, at)) {
        keep(chunk.subarray(at, end));
        emit();
        at = end + 1;
      }
      keep(chunk.subarray(at));
    },
    end() {
      if (length > 0) emit();
    },
  };
}
