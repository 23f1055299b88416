// How a text file is to be read: what stands in front of its rows, where rows end, and which values are protected.
import { type Dialect, dialectBytes } from './csv/dialect.ts';
import { csvFormat } from './csv/format.ts';
import { columnsOfFields, readCsvHeader } from './csv/header.ts';
import { lastRecordEnd } from './csv/scan-records.ts';
import { jsonFormat } from './json/format.ts';
import { pathTree } from './json/paths.ts';
import type { TextFormat } from './text-piece.ts';

/** The part of a layout that a worker needs: data, and no function. */
export type TextLayout =
  | { readonly is: 'csv'; readonly dialect: Dialect; readonly columnOf: Int16Array }
  | { readonly is: 'jsonl'; readonly paths: readonly string[] };

/** Bytes that the dialect and the columns are found in. */
const SAMPLE_BYTES = 1024 * 1024;

/** The beginning of a text file as UTF-8. */
export interface Sample {
  /** At least one byte longer than `length`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
  /** The sample is all there is. */
  readonly isWhole: boolean;
}

export interface TextShape {
  readonly layout: TextLayout;
  /** Bytes in front of the first row, which are copied. */
  readonly prefix: number;
  /** Returns where the last whole row of `bytes[0 … to]` ends; 0 where there is none. `bytes[to]` exists. */
  readonly rowsEnd: (bytes: Uint8Array, to: number) => number;
}

/** A text whose beginning was read. To dispose of it ends the reading. */
export interface BegunText extends AsyncDisposable {
  readonly sample: Sample;
  /** Yields the text, beginning with the sample, once. */
  readonly all: () => AsyncGenerator<Uint8Array>;
}

/** Reads the beginning of a text. Rejects as `chunks` does. */
export async function begunText(chunks: AsyncGenerator<Uint8Array>): Promise<BegunText> {
  let first: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  while (length < SAMPLE_BYTES) {
    // oxlint-disable-next-line no-await-in-loop -- chunks come one after another
    const next = await chunks.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    first.push(next.value);
    length += next.value.length;
  }
  const bytes = new Uint8Array(length + 1);
  let at = 0;
  for (const chunk of first) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return {
    sample: { bytes, length, isWhole },
    async *all() {
      const begun = first;
      first = [];
      yield* begun;
      yield* chunks;
    },
    async [Symbol.asyncDispose]() {
      first = [];
      await chunks.return(undefined);
    },
  };
}

const BOM = [0xef, 0xbb, 0xbf] as const;
const LF = 0x0a;

/** Finds the columns of a CSV file. Throws `FilesError` where one is not there. */
export function csvShape(
  sample: Sample,
  dialect: Dialect,
  columns: readonly string[],
): TextShape & { readonly names: readonly string[] } {
  const { prefix, names } = readCsvHeader(sample.bytes, sample.length, sample.isWhole, dialect);
  const columnOf = columnsOfFields(names, columns);
  const bytes = dialectBytes(dialect);
  return {
    layout: { is: 'csv', dialect, columnOf },
    prefix,
    names,
    rowsEnd: (piece, to) => lastRecordEnd(piece, 0, to, bytes),
  };
}

/** Throws `FilesError` for what is no path. */
export function jsonShape({ bytes }: Sample, paths: readonly string[]): TextShape {
  pathTree(paths);
  return {
    layout: { is: 'jsonl', paths },
    prefix: BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0,
    rowsEnd: (piece, to) => piece.subarray(0, to).lastIndexOf(LF) + 1,
  };
}

export function formatOfLayout(layout: TextLayout): TextFormat {
  if (layout.is === 'jsonl') return jsonFormat(pathTree(layout.paths));
  const { dialect, columnOf } = layout;
  return csvFormat(dialect, { fields: columnOf.length, columnOf });
}
