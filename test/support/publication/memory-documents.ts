import { createHash } from 'node:crypto';
import type { DocumentStore, StoredDocument } from '../../../lib/publication/ports.ts';

/** Documents in memory, with tags like S3's ETags: equal content, equal tag. */
export class MemoryDocuments implements DocumentStore {
  readonly contents = new Map<string, StoredDocument>();
  #uploads = 0;

  async read(name: string): Promise<StoredDocument | undefined> {
    await Promise.resolve();
    return this.contents.get(name);
  }

  async write(name: string, text: string, expected: string | undefined): Promise<string | undefined> {
    await Promise.resolve();
    const stored = this.contents.get(name);
    if (stored?.tag !== expected) return stored?.text === text ? stored.tag : undefined;
    return this.put(name, text);
  }

  /** Without a condition, as authors write. */
  put(name: string, text: string): string {
    const tag = `"${createHash('md5').update(text).digest('hex')}"`;
    this.contents.set(name, { text, tag, upload: `upload-${++this.#uploads}` });
    return tag;
  }
}
