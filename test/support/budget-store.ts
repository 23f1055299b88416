import { ProtectorError } from '../../lib/base/errors.ts';
import type { BudgetStore } from '../../lib/protect/ports.ts';

/** A store of counts in memory, in which calls of several environments interleave as `pause` lets them. */
export class MemoryBudgetStore implements BudgetStore {
  readonly objects = new Map<string, { body: Uint8Array; tag: string }>();
  /** Runs before each call. It may reject: then the call does. */
  pause: () => Promise<void> = () => Promise.resolve();
  /** Runs after each write, whose reply it may lose. */
  reply: () => Promise<void> = () => Promise.resolve();
  writes = 0;

  async get(key: string) {
    await this.pause();
    return this.objects.get(key);
  }

  async put(key: string, body: Uint8Array, expected: { readonly tag: string } | 'absent'): Promise<string> {
    await this.pause();
    if (this.objects.get(key)?.tag !== (expected === 'absent' ? undefined : expected.tag)) {
      throw new ProtectorError('STORE_CONFLICT', 'Another writer was first');
    }
    this.writes++;
    const tag = String(this.writes);
    this.objects.set(key, { body, tag });
    await this.reply();
    return tag;
  }

  /** Returns the count of the only object. */
  get taken(): number {
    const [object] = this.objects.values();
    return object === undefined ? 0 : (JSON.parse(Buffer.from(object.body).toString()) as { taken: number }).taken;
  }
}
