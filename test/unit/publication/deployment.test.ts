import { expect, test } from '@jest/globals';
import { type Deployment, pruneLayers } from '../../../lib/publication/deployment.ts';
import { readJournal } from '../../../lib/publication/journal.ts';
import type { LayerVersion } from '../../../lib/publication/ports.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';

const layer = (version: number): LayerVersion => ({ arn: `arn:layer:policy:${version}`, version, description: '' });

/** Which of these versions are removed when these are used. */
async function pruned(listed: readonly number[], used: readonly number[]): Promise<number[]> {
  const removed: number[] = [];
  const layers = {
    list: () => Promise.resolve(listed.map(layer)),
    remove: (version: number) => Promise.resolve(void removed.push(version)),
  };
  const { journal, tag } = await readJournal(new MemoryDocuments());
  const releases = used.map((version) => ({ layer: layer(version).arn }));
  await pruneLayers({ layers } as unknown as Deployment, { journal: { ...journal, releases } as typeof journal, tag });
  return removed.toSorted((a, b) => a - b);
}

test.each<[string, number[], number[], number[]]>([
  ['below the highest in use go', [1, 2, 3, 4, 5], [3, 5], [1, 2, 4]],
  ['above it stay: another agent may just have published one and not have written it down', [4, 5, 6], [5], [4]],
  ['stay all of them when none in use is there', [1, 2], [7], []],
])('layer versions that nothing uses %s', async (_, listed, used, removed) => {
  expect(await pruned(listed, used)).toEqual(removed);
});
