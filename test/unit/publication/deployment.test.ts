import { expect, test } from '@jest/globals';
import { type Deployment, pruneLayers } from '../../../lib/publication/deployment.ts';
import { readJournal } from '../../../lib/publication/journal.ts';
import type { LayerVersion } from '../../../lib/publication/ports.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';

const layer = (version: number): LayerVersion => ({ arn: `arn:layer:policy:${version}`, version, description: '' });

/** Resolves to the versions that are removed from `listed` while `used` are in use. */
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
  ['are removed below the highest in use', [1, 2, 3, 4, 5], [3, 5], [1, 2, 4]],
  ['stay above it: another agent may have published one and not yet noted it', [4, 5, 6], [5], [4]],
  ['all stay when no version in use exists', [1, 2], [7], []],
])('unused layer versions %s', async (_, listed, used, removed) => {
  expect(await pruned(listed, used)).toEqual(removed);
});
