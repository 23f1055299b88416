import { beforeEach, describe, expect, test } from '@jest/globals';
import { Journal } from '../../../lib/delivery/journal.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let store: MemoryStore;
const journal = () => new Journal<{ n: number }>(store, 'shard.json');
const parcel = { id: 'a', timeMs: 1, body: '{}' };

beforeEach(() => {
  store = new MemoryStore();
});

describe('a journal', () => {
  test('returns the last saved entry to the next reader', async () => {
    const one = journal();
    expect(await one.load()).toBeUndefined();
    await one.save({ known: { n: 1 }, outbox: [parcel] });
    await one.save({ known: { n: 2 }, outbox: [] });
    expect(await journal().load()).toEqual({ known: { n: 2 }, outbox: [] });
  });

  test.each(['absent', 'there'])('refuses a second writer when the journal was %s as both read it', async (before) => {
    if (before === 'there')
      store.objects.set('shard.json', { body: Buffer.from('{"known":{},"outbox":[]}'), tag: 't' });
    const [one, other] = [journal(), journal()];
    await one.load();
    await other.load();
    await one.save({ known: { n: 1 }, outbox: [] });
    await expect(other.save({ known: { n: 2 }, outbox: [] })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    expect(await other.load()).toEqual({ known: { n: 1 }, outbox: [] });
    await other.save({ known: { n: 3 }, outbox: [] });
    expect(await one.load()).toEqual({ known: { n: 3 }, outbox: [] });
  });

  test('refuses to save before it was loaded', async () => {
    await expect(journal().save({ known: { n: 1 }, outbox: [] })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  });

  test.each([
    '',
    'x',
    '{}',
    '[]',
    '{"known":{}}',
    '{"outbox":[]}',
    '{"known":null,"outbox":[]}',
    '{"known":[],"outbox":[]}',
    '{"known":1,"outbox":[]}',
    '{"known":{},"outbox":[7]}',
    '{"known":{},"outbox":[{"id":"a"}]}',
  ])('refuses the damaged object %j', async (body) => {
    store.objects.set('shard.json', { body: Buffer.from(body), tag: 't' });
    await expect(journal().load()).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });
});
