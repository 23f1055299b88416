import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { linesOf, linesOfBytes } from '../files/lines.ts';
import { isInS3, objectsAt } from '../files/place.ts';

/** A file of the records that was not read, or not to its end. */
export interface Unread {
  readonly path: string;
  readonly why: string;
}

/** The lines of one file, object or log group. */
export interface NamedLines {
  readonly path: string;
  readonly lines: () => Iterable<string> | AsyncIterable<string>;
  /** It is all there is: when it cannot be read, reading fails. */
  readonly isOnly?: true;
}

/**
 * The lines of a copy of the audit records: of a file, or of all files of a directory or all objects below an S3 prefix, ordered by
 * name. Of several files, one that cannot be read is in `unread`, and the others are read; links to files are followed. Iteration
 * rejects with `CliError` or `LogError`.
 */
export class RecordLines implements AsyncIterable<string> {
  readonly #place: string;
  readonly #sources: () => AsyncIterable<NamedLines>;
  readonly #unread: Unread[] = [];
  /** The files so far, each with the number of its first line. */
  readonly #files: { readonly path: string; readonly first: number }[] = [];
  #lines = 0;

  /** `sources`: what to read instead of the files at `place`. */
  constructor(place: string, sources?: () => AsyncIterable<NamedLines>) {
    this.#place = place;
    this.#sources = sources ?? (() => this.#sourcesAt(place));
  }

  get unread(): readonly Unread[] {
    return this.#unread;
  }

  /** Returns `<path>:<line>` of the line of this number, counted from 1 over all files. */
  placeOf(line: number): string {
    const file = this.#files.findLast(({ first }) => first <= line);
    return file === undefined ? `${this.#place}:${line}` : `${file.path}:${line - file.first + 1}`;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for await (const { path, lines, isOnly } of this.#sources()) {
      this.#files.push({ path, first: this.#lines + 1 });
      try {
        for await (const line of lines()) {
          this.#lines += 1;
          yield line;
        }
      } catch (error) {
        if (isOnly === true) throw error;
        this.#unread.push({ path, why: error instanceof ProtectorError ? error.message : errorCode(error) });
      }
    }
  }

  async *#sourcesAt(place: string): AsyncGenerator<NamedLines> {
    const isDirectory = await stat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isInS3(place)) yield* this.#objects(place);
    else if (isDirectory) yield* this.#filesBelow(place);
    else yield { path: place, lines: () => linesOf(place), isOnly: true };
  }

  async *#objects(place: string): AsyncGenerator<NamedLines> {
    const objects = await objectsAt(place);
    const paths: string[] = [];
    for await (const path of objects.list('')) paths.push(path);
    for (const path of paths.toSorted()) {
      const bytes = await objects.read(path);
      if (bytes === undefined) this.#unread.push({ path, why: 'it is gone' });
      else yield { path, lines: () => linesOfBytes(path, bytes) };
    }
  }

  /** Names what is neither a file nor a directory. */
  async *#filesBelow(directory: string): AsyncGenerator<NamedLines> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths.toSorted()) {
      const why = await notAFile(path);
      if (why === undefined) yield { path, lines: () => linesOf(path) };
      else this.#unread.push({ path, why });
    }
  }
}

/** Returns why a path is no file to read, links followed; undefined when it is one. */
async function notAFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isFile()) return undefined;
    return found.isDirectory() ? 'A link to a directory is not followed' : 'It is no file';
  } catch (error) {
    return `It cannot be read (${errorCode(error)})`;
  }
}
