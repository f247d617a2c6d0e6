/** The lines of a stream of UTF-8 bytes, however they were cut into chunks. Empty lines and an unfinished last one are left out. */
export async function* readLines(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // The parts of a long line are joined once it is complete.
  let parts: string[] = [];
  for await (const chunk of stream) {
    const pieces = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n');
    for (const [index, piece] of pieces.entries()) {
      parts.push(piece);
      if (index === pieces.length - 1) break;
      const line = parts.join('');
      parts = [];
      if (line.trim() !== '') yield line;
    }
  }
}
