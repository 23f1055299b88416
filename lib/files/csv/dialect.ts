/** How a CSV file is written. Bytes are ASCII; `undefined` where the dialect has none. */
export interface Dialect {
  /** One to four bytes. */
  readonly delimiter: string;
  readonly quote: string | undefined;
  /** Inside quotes. Equal to `quote` where a quote is doubled. */
  readonly escape: string | undefined;
  /** A line that begins with it is copied and is no row. */
  readonly comment: string | undefined;
  /** Lines in front of the header or the first row. */
  readonly skip: number;
  readonly header: boolean;
  /** Texts that stand for NULL besides the empty field, unquoted. */
  readonly nulls: readonly string[];
}

/** A dialect as the bytes that a scanner compares. */
export interface DialectBytes {
  readonly delimiter: Uint8Array;
  /** 256 where there is none: no byte equals it. */
  readonly quote: number;
  readonly escape: number;
  readonly comment: number;
  /** 1 for bytes that may end an unquoted field. */
  readonly stops: Uint8Array;
  readonly nulls: readonly Uint8Array[];
}

const NO_BYTE = 256;
const LF = 0x0a;
const CR = 0x0d;

export function dialectBytes({ delimiter, quote, escape, comment, nulls }: Dialect): DialectBytes {
  const stops = new Uint8Array(256);
  const bytes = new Uint8Array(Buffer.from(delimiter));
  stops[bytes[0]!] = 1;
  stops[LF] = 1;
  stops[CR] = 1;
  return {
    delimiter: bytes,
    quote: byteOf(quote),
    escape: byteOf(escape ?? quote),
    comment: byteOf(comment),
    stops,
    nulls: nulls.filter((text) => text !== '').map((text) => new Uint8Array(Buffer.from(text))),
  };
}

function byteOf(text: string | undefined): number {
  return text === undefined || text === '' ? NO_BYTE : text.charCodeAt(0);
}
