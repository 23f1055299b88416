import { describe, expect, test } from '@jest/globals';
import { LogError } from '../../../lib/transparency/errors.ts';
import { checkpointPath, NEWEST_CHECKPOINT, pendingPath } from '../../../lib/transparency/layout.ts';
import type { LogWriter, SignedCheckpoint } from '../../../lib/transparency/log-writer.ts';
import { noteKey } from '../../../lib/transparency/note.ts';
import type { CheckpointSigner } from '../../../lib/transparency/ports.ts';
import { verifyLog } from '../../../lib/transparency/verify-log.ts';
import { fixedKeys, fixedLog, fixedSigner, ORIGIN, START_MS } from '../../support/log.ts';
import { append, batchOf, entriesOf, faultsOf, text } from '../../support/log-writing.ts';
import { crash, MemoryTileStore, watched } from '../../support/memory-tile-store.ts';

describe('a log', () => {
  test('begins empty, and writes its first checkpoint with its first entries', async () => {
    const store = new MemoryTileStore();
    const log = fixedLog(store, { dueAfterS: 600 });
    expect((await log.open()).checkpoint).toBeUndefined();
    await append(log, batchOf('a', 3));
    const lines = text(store.objects.get(NEWEST_CHECKPOINT)).split('\n');
    const time = START_MS / 1000 + 1;
    expect(lines).toEqual([
      ORIGIN,
      '3',
      expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      'number 0',
      `time ${time}`,
      `due ${time + 600}`,
      '',
      expect.stringMatching(`^\u2014 ${ORIGIN} [A-Za-z0-9+/]+=*$`),
      '',
    ]);
    expect(store.objects.get(checkpointPath(0))).toEqual(store.objects.get(NEWEST_CHECKPOINT));
  });

  test('keeps every checkpoint, and leaves nothing behind but evidence', async () => {
    const store = new MemoryTileStore();
    const log = fixedLog(store);
    for (const size of [255, 1, 0, 300]) await append(log, batchOf(`${size}:`, size));
    expect([...store.objects.keys()].filter((path) => !path.startsWith('tile/')).toSorted()).toEqual([
      'checkpoint',
      ...[0, 1, 2, 3].map(checkpointPath),
    ]);
    expect(await faultsOf(store)).toEqual([]);
  });

  test('signs empty checkpoints', async () => {
    const store = new MemoryTileStore();
    const log = fixedLog(store);
    await append(log, batchOf('a', 2));
    await append(log, []);
    const [first, second] = [0, 1].map((n) => text(store.objects.get(checkpointPath(n))).split('\n'));
    expect(second?.slice(0, 3)).toEqual(first?.slice(0, 3));
    expect(second?.slice(3, 5)).toEqual(['number 1', `time ${START_MS / 1000 + 2}`]);
  });

  test('never sets its time back', async () => {
    const store = new MemoryTileStore();
    await append(fixedLog(store), []);
    await append(fixedLog(store, { nowMs: () => 0 }), []);
    const { checkpoint } = await fixedLog(store).open();
    expect(checkpoint).toMatchObject({ number: 1, time: START_MS / 1000 + 1 });
  });

  test.each([
    ['an entry', 'tile/entries/000.p/3'],
    ['a tile', 'tile/0/000.p/3'],
  ])('is not continued when %s of its right edge was changed', async (_, path) => {
    const store = new MemoryTileStore();
    await append(fixedLog(store), batchOf('a', 3));
    const bytes = Buffer.from(store.objects.get(path)!);
    bytes[bytes.length - 1]! ^= 1;
    await store.replace(path, bytes);
    await expect(append(fixedLog(store), [])).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(store.objects.has(checkpointPath(1))).toBe(false);
  });

  test('signs nothing on a tree that does not continue the one of its head', async () => {
    const memory = new MemoryTileStore();
    await append(fixedLog(memory), batchOf('a', 3));
    let signed = 0;
    const signer: CheckpointSigner = {
      ...fixedSigner(),
      sign: (message) => {
        signed += 1;
        return fixedSigner().sign(message);
      },
    };
    const log = fixedLog(memory, { signer });
    const head = await log.open();
    const edge = head.tree.edge.map((hashes) => Buffer.alloc(hashes.length));
    const outcome = log.commit({ ...head, tree: { ...head.tree, edge } }, batchOf('b', 3));
    await expect(outcome).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(signed).toBe(0);
  });

  test('stores no checkpoint when the stored tiles do not prove that it only grew', async () => {
    const memory = new MemoryTileStore();
    await append(fixedLog(memory), batchOf('a', 200));
    const spoils = watched(
      memory,
      () => {},
      async (call, path) => {
        if (call === 'create' && path === 'tile/0/000') await memory.replace(path, Buffer.alloc(8192));
      },
    );
    await expect(append(fixedLog(spoils), batchOf('b', 100))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    expect(memory.objects.has(checkpointPath(1))).toBe(false);
  });

  test('is not continued behind a checkpoint of an unknown key, and is behind one of a former key', async () => {
    const store = new MemoryTileStore();
    await append(fixedLog(store, { signer: fixedSigner(2) }), batchOf('a', 3));
    await expect(append(fixedLog(store), [])).rejects.toMatchObject({ code: 'LOG_KEY_UNKNOWN' });
    const formerKeys = [noteKey(ORIGIN, fixedSigner(2).publicKey)];
    await append(fixedLog(store, { formerKeys }), batchOf('b', 3));
    const keys = [...fixedKeys(1).checkpointKeys, ...fixedKeys(2).checkpointKeys];
    expect((await verifyLog({ reader: store, keys })).findings).toEqual([]);
  });

  test('is not continued in the name of another log', async () => {
    const store = new MemoryTileStore();
    await append(fixedLog(store), []);
    await expect(append(fixedLog(store, { origin: 'example.com/other' }), [])).rejects.toBeInstanceOf(LogError);
  });

  test('goes on behind its newest checkpoint although the object that names it was put back or lost', async () => {
    const store = new MemoryTileStore();
    for (let i = 0; i < 5; i++) await append(fixedLog(store), batchOf(`${i}/`, 1));
    await store.replace(NEWEST_CHECKPOINT, store.objects.get(checkpointPath(1))!);
    await append(fixedLog(store), batchOf('5/', 1));
    await store.remove(NEWEST_CHECKPOINT);
    await append(fixedLog(store), batchOf('6/', 1));
    expect(await entriesOf(store)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `${i}/0`));
    expect(await faultsOf(store)).toEqual([]);
  });
});

/** Commits `entries`; resolves to what was signed, and whether that is stored. */
async function signedBy(log: LogWriter, entries: readonly Buffer[]) {
  const signed: SignedCheckpoint[] = [];
  const commit = await log
    .commit(await log.open(), entries, { signed: (checkpoint) => signed.push(checkpoint) })
    .catch((error: LogError) => error.code);
  return { commit, signed: await Promise.all(signed.map(async (each) => ({ ...each, stored: await each.stored }))) };
}

describe('a signed checkpoint', () => {
  test('is given to the caller before it is stored, who learns that it is', async () => {
    const memory = new MemoryTileStore();
    const order: string[] = [];
    const store = watched(memory, (call, path) => {
      if (call === 'create') order.push(path.split('/')[0]!);
    });
    const log = fixedLog(store);
    const head = await log.open();
    const signed: SignedCheckpoint[] = [];
    await log.commit(head, batchOf('a', 1), {
      signed: (checkpoint) => {
        order.push('signed');
        signed.push(checkpoint);
      },
    });
    expect(order.indexOf('signed')).toBeLessThan(order.indexOf('checkpoints'));
    expect(signed.map(({ number, bytes }) => [number, text(bytes)])).toEqual([
      [0, text(memory.objects.get(checkpointPath(0)))],
    ]);
    expect(await signed[0]?.stored).toBe(true);
  });

  test('is said not to be stored when the commit fails', async () => {
    const store = watched(new MemoryTileStore(), (call, path) => {
      if (call === 'create' && path.startsWith('tile/')) throw crash();
    });
    const { commit, signed } = await signedBy(fixedLog(store), batchOf('a', 1));
    expect([commit, signed]).toEqual([
      'LOG_STORE_UNAVAILABLE',
      [expect.objectContaining({ number: 0, stored: false })],
    ]);
  });

  test('is said not to be stored when another writer has stored the same one with its own signature', async () => {
    const memory = new MemoryTileStore();
    const former = [noteKey(ORIGIN, fixedSigner(1).publicKey), noteKey(ORIGIN, fixedSigner(2).publicKey)];
    const store = watched(memory, async (call, path) => {
      if (call === 'create' && path === checkpointPath(0)) {
        await append(fixedLog(memory, { signer: fixedSigner(2), formerKeys: former }), []);
      }
    });
    const { commit, signed } = await signedBy(fixedLog(store, { formerKeys: former }), batchOf('a', 1));
    expect([commit, signed]).toMatchObject([{ ours: true }, [{ number: 0, stored: false }]]);
  });
});

describe('writers at the same time', () => {
  test('do not decide a commit again after being suspended while it was decided and cleaned up', async () => {
    const memory = new MemoryTileStore();
    await append(fixedLog(memory), batchOf('a', 1));
    const sleeper = fixedLog(memory);
    const head = await sleeper.open();
    await append(fixedLog(memory), batchOf('b', 1));
    await append(fixedLog(memory), batchOf('c', 1));
    const commit = await sleeper.commit(head, batchOf('d', 1));
    expect(commit.ours).toBe(false);
    expect(commit.head.tree.size).toBe(3);
    expect(memory.objects.has(pendingPath(1))).toBe(false);
    await append(sleeper, batchOf('d', 1));
    expect(await entriesOf(memory)).toEqual(['a0', 'b0', 'c0', 'd0']);
    expect(await faultsOf(memory)).toEqual([]);
  });

  test('refuse to sign over a foreign checkpoint in the place of theirs', async () => {
    const memory = new MemoryTileStore();
    await append(fixedLog(memory), batchOf('a', 1));
    const forger = new MemoryTileStore();
    await append(fixedLog(forger), batchOf('a', 1));
    await append(fixedLog(forger), batchOf('forged', 1));
    const store = watched(memory, async (call, path) => {
      if (call !== 'create' || path !== checkpointPath(1)) return;
      await memory.create(path, forger.objects.get(path)!);
    });
    await expect(append(fixedLog(store), batchOf('b', 1))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
});
