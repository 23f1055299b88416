import { beforeEach, describe, expect, test } from '@jest/globals';
import { Journal } from '../../../lib/delivery/journal.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let store: MemoryStore;
const journal = () => new Journal<number>(store, 'shard.json');
const parcel = { id: 'a', timeMs: 1, body: '{}' };

beforeEach(() => {
  store = new MemoryStore();
});

describe('a journal', () => {
  test('gives what was saved, to whoever reads it next', async () => {
    const one = journal();
    expect(await one.load()).toBeUndefined();
    await one.save({ known: 1, outbox: [parcel] });
    await one.save({ known: 2, outbox: [] });
    expect(await journal().load()).toEqual({ known: 2, outbox: [] });
  });

  test.each(['absent', 'there'])('refuses a second writer when it was %s at the reading of both', async (before) => {
    if (before === 'there') store.objects.set('shard.json', { body: Buffer.from('{"known":0,"outbox":[]}'), tag: 't' });
    const [one, other] = [journal(), journal()];
    await one.load();
    await other.load();
    await one.save({ known: 1, outbox: [] });
    await expect(other.save({ known: 2, outbox: [] })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    expect(await other.load()).toEqual({ known: 1, outbox: [] });
    await other.save({ known: 3, outbox: [] });
    expect(await one.load()).toEqual({ known: 3, outbox: [] });
  });

  test('is not written before it was read', async () => {
    await expect(journal().save({ known: 1, outbox: [] })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  });

  test.each(['', 'x', '{}', '{"known":1}', '[]'])(
    'refuses the object %j, and does not take it for an empty one',
    async (body) => {
      store.objects.set('shard.json', { body: Buffer.from(body), tag: 't' });
      await expect(journal().load()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    },
  );
});
