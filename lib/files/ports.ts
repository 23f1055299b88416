// What protecting the objects of a bucket needs of the world. Every method rejects with `ObjectError` `FILES_UNAVAILABLE`, in bounded time,
// when the store does not answer.

import type { ProtectedGroup } from './parquet/groups.ts';
import type { RowProtector } from './protect-batch.ts';

/** An object as it was found. */
export interface SourceObject {
  readonly size: number;
  /** Changes with the content. */
  readonly tag: string;
}

/** The objects that a job reads. */
export interface SourceObjects {
  /** Resolves to undefined where there is no such object. */
  find(key: string): Promise<SourceObject | undefined>;
  /**
   * Reads the bytes `from … to` of the object that has this tag. Rejects with `FILES_CHANGED` where there is another one, or none. A caller
   * may stop early.
   */
  read(key: string, tag: string, from: number, to: number): AsyncIterable<Uint8Array>;
}

/** A part of an output, numbered from 1. */
export interface OutputPart {
  readonly number: number;
  readonly bytes: number;
}

/** The objects that a job writes. No method reads what is in them. */
export interface OutputObjects {
  /** Resolves to the work that made the object, to an empty text for one that no work made, or to undefined where there is none. */
  makerOf(key: string): Promise<string | undefined>;
  /** Begins an output, of which readers see nothing until it has its name. Resolves to what `open` takes. */
  begin(key: string, work: string): Promise<string>;
  open(key: string, upload: string): OutputUpload;
}

/** An output under way. */
export interface OutputUpload {
  /** Resolves once the part is durable. The same number again replaces it. Rejects with `FILES_UPLOAD_ENDED`. */
  put(part: number, bytes: Uint8Array): Promise<void>;
  /**
   * Joins the parts and gives the output its name, at once and only where no object has it. `taken`: one has. `gone`: parts are missing, or the
   * upload has ended, possibly by a call of `name` whose answer was lost.
   */
  name(parts: readonly OutputPart[]): Promise<'named' | 'taken' | 'gone'>;
  /** Removes the parts. Does nothing for an upload that has ended. */
  abandon(): Promise<void>;
}

/** What reads and writes the columns of Parquet. */
export interface ParquetFiles {
  /** Takes the bytes of a whole file. Rejects with `FilesError`, and as its bytes do. */
  open(bytes: AsyncIterable<Uint8Array>, columns: readonly string[], protector: RowProtector): Promise<OpenParquet>;
}

export interface OpenParquet extends AsyncDisposable {
  /** Protects one row group. Rejects as the protector does, rows counted from the group, and with `FilesError`. */
  run(group: number): Promise<ProtectedGroup>;
}

/** Small documents about the work on objects. */
export interface WorkStore {
  get(key: string): Promise<{ readonly body: Uint8Array; readonly tag: string } | undefined>;
  /**
   * Resolves to the document's tag once it is durable. With `expected` it rejects with `STORE_CONFLICT` when it would replace another document
   * than that, and may do so for a write of the same call whose answer was lost.
   */
  put(key: string, body: Uint8Array, expected?: { readonly tag: string } | 'absent'): Promise<string>;
}
