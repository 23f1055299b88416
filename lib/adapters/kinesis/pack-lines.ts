/** Lines that travel in one record of a stream, each ended by LF. */
export interface PackedLines {
  readonly data: Buffer;
  readonly count: number;
}

/**
 * Packs lines, in order, into as few records of at most `maxBytes` as possible. A longer line gets a record of its own.
 */
export function packLines(lines: readonly string[], maxBytes: number): readonly PackedLines[] {
  const packed: PackedLines[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const close = (): void => {
    if (texts.length > 0) packed.push({ data: Buffer.from(texts.join('')), count: texts.length });
    texts = [];
    bytes = 0;
  };
  for (const line of lines) {
    const text = `${line}\n`;
    const size = Buffer.byteLength(text);
    if (bytes + size > maxBytes) close();
    texts.push(text);
    bytes += size;
  }
  close();
  return packed;
}
