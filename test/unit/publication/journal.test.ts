import { describe, expect, test } from '@jest/globals';
import { isCurrent, JOURNAL, readJournal, writeJournal } from '../../../lib/publication/journal.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';

describe('the journal', () => {
  test('that is absent is empty, and one writer may replace it', async () => {
    const documents = new MemoryDocuments();
    const held = await readJournal(documents);
    expect(held.journal).toMatchObject({ revision: 0, lastVersion: 0, releases: [] });
    expect(await writeJournal(documents, held, held.journal)).toMatchObject({ journal: { revision: 1 } });
    expect(await writeJournal(documents, held, { ...held.journal, lastVersion: 9 })).toBeUndefined();
  });

  test('never repeats the bytes of an earlier one, so no tag repeats', async () => {
    const documents = new MemoryDocuments();
    const first = (await writeJournal(
      documents,
      await readJournal(documents),
      (
        await readJournal(documents)
      ).journal,
    ))!;
    const second = (await writeJournal(documents, first, { ...first.journal, lastVersion: 1 }))!;
    const third = (await writeJournal(documents, second, { ...second.journal, lastVersion: 0 }))!;
    expect(new Set([first.tag, second.tag, third.tag]).size).toBe(3);
    expect([await isCurrent(documents, first), await isCurrent(documents, third)]).toEqual([false, true]);
  });

  test.each([
    ['no JSON', '{'],
    ['of another release', JSON.stringify({ format: 'serverless-protector/publication/2', revision: 1 })],
    ['with a member more', JSON.stringify({ ...JSON.parse('{}'), surprise: 1 })],
  ])('that is %s stays untouched', async (_, text) => {
    const documents = new MemoryDocuments();
    documents.put(JOURNAL, text);
    await expect(readJournal(documents)).rejects.toMatchObject({ code: 'PUBLICATION_STATE_INVALID' });
  });
});
