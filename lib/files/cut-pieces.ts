import { FilesError } from './errors.ts';

/** A piece of whole rows: `bytes[0 … to]`, and at least one byte more. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly to: number;
}

/** A row of more bytes is a file in another dialect. */
const MAX_ROW_BYTES = 256 * 1024 * 1024;

/**
 * Cuts chunks into pieces of about `pieceBytes`. `rowsEnd` returns where the last whole row ends, or 0. Yields at least one piece, which
 * may be empty.
 */
export async function* cutPieces(
  chunks: AsyncIterable<Uint8Array>,
  pieceBytes: number,
  rowsEnd: (bytes: Uint8Array, to: number) => number,
): AsyncGenerator<Piece> {
  let bytes = new Uint8Array(pieceBytes + 1);
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      if (length === bytes.length - 1) {
        const end = rowsEnd(bytes, length);
        if (end === 0 && length >= MAX_ROW_BYTES) {
          throw new FilesError(
            'FILES_DAMAGED',
            'a row is longer than 256 MB: the quotes of a field do not close, or the dialect is another',
          );
        }
        const rest = bytes.subarray(end, length);
        const next = new Uint8Array(end === 0 ? 2 * bytes.length : Math.max(pieceBytes, rest.length) + 1);
        next.set(rest);
        length = rest.length;
        const full = bytes;
        bytes = next;
        if (end > 0) yield { bytes: full, to: end };
      }
      const taken = Math.min(chunk.length - from, bytes.length - 1 - length);
      bytes.set(chunk.subarray(from, from + taken), length);
      length += taken;
      from += taken;
    }
  }
  yield { bytes, to: length };
}
