import { describe, expect, test } from '@jest/globals';
import type { LogFinding } from '../../../lib/transparency/findings.ts';
import { encodeBundle } from '../../../lib/transparency/tiles.ts';
import { verifyLog } from '../../../lib/transparency/verify-log.ts';
import { fixedKeys, fixedLog } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

/** A log of `size` entries under one checkpoint. */
async function logOf(size: number): Promise<MemoryTileStore> {
  const store = new MemoryTileStore();
  const log = fixedLog(store);
  await log.commit(
    await log.open(),
    Array.from({ length: size }, (_, i) => Buffer.from(`entry ${i}`)),
  );
  return store;
}

async function findingsOf(store: MemoryTileStore): Promise<readonly Omit<LogFinding, 'detail'>[]> {
  const { findings } = await verifyLog({ reader: store, keys: fixedKeys().checkpointKeys });
  return findings.map(({ detail: _detail, ...finding }) => finding);
}

describe('the only entry of a bundle', () => {
  test.each([
    [1, 'tile/entries/000.p/1', 0],
    [257, 'tile/entries/001.p/1', 256],
  ])('is reported when it was changed, in a log of %i entries', async (size, path, leaf) => {
    const store = await logOf(size);
    expect(await findingsOf(store)).toEqual([]);
    await store.replace(path, encodeBundle([Buffer.from('changed')]));
    expect(await findingsOf(store)).toEqual([{ kind: 'modified', path, leaf }]);
  });

  test('is reported when it was deleted', async () => {
    const store = await logOf(1);
    await store.replace('tile/entries/000.p/1', new Uint8Array(0));
    expect(await findingsOf(store)).toEqual([{ kind: 'modified', path: 'tile/entries/000.p/1', leaf: 0 }]);
    await store.remove('tile/entries/000.p/1');
    expect(await findingsOf(store)).toEqual([{ kind: 'missing', path: 'tile/entries/000.p/1', leaf: 0 }]);
  });
});
