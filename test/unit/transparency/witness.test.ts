import { describe, expect, test } from '@jest/globals';
import { formatAddCheckpoint } from '../../../lib/transparency/add-checkpoint.ts';
import { signCheckpoint } from '../../../lib/transparency/checkpoint.ts';
import { verifyCosignatures } from '../../../lib/transparency/cosignature.ts';
import { EMPTY_TREE, grow, type Tree } from '../../../lib/transparency/growth.ts';
import { EMPTY_ROOT } from '../../../lib/transparency/hashes.ts';
import { noteKey, parseNote, verifyNote } from '../../../lib/transparency/note.ts';
import { TileHashes } from '../../../lib/transparency/tile-hashes.ts';
import type { Witness } from '../../../lib/transparency/witness.ts';
import { originHash } from '../../../lib/transparency/witness.ts';
import { fixedSigner, ORIGIN, START_MS } from '../../support/log.ts';
import { crash, MemoryTileStore, watched } from '../../support/memory-tile-store.ts';
import { fixedWitness } from '../../support/witness.ts';

/** A log whose trees can be asked for at any size. */
class History {
  readonly store = new MemoryTileStore();
  readonly trees: Tree[] = [EMPTY_TREE];

  constructor(size: number, name = 'entry') {
    for (let i = 0; i < size; i++) {
      const { tree, writes } = grow(this.trees.at(-1)!, [Buffer.from(`${name} ${i}`)]);
      for (const { path, bytes } of writes) this.store.objects.set(path, bytes);
      this.trees.push(tree);
    }
  }

  async note(size: number, seed = 1, origin = ORIGIN): Promise<string> {
    const signer = fixedSigner(seed);
    return signCheckpoint({ origin, ...this.trees[size]! }, signer, noteKey(origin, signer.publicKey));
  }

  async request(old: number, size: number, note?: string): Promise<string> {
    const proof = old < size ? await new TileHashes(this.store, size).consistencyProof(old) : [];
    return formatAddCheckpoint({ old, proof }, note ?? (await this.note(size)));
  }
}

const log = new History(300);
const add = async (witness: Witness, body: string | Promise<string>) => witness.addCheckpoint(Buffer.from(await body));

describe('a witness', () => {
  test('cosigns a log that grows, with its time, and the same tree again', async () => {
    let now = START_MS;
    const { witness } = fixedWitness(40, { nowMs: () => (now += 10_000) });
    const sizes = [0, 0, 1, 255, 256, 256, 300];
    for (const [at, size] of sizes.entries()) {
      const { status, body, type } = await add(witness, log.request(sizes[at - 1] ?? 0, size));
      expect([status, type]).toEqual([200, 'text/plain; charset=utf-8']);
      const text = (await log.note(size)).split('\n\n')[0]!;
      const { valid } = await verifyCosignatures(parseNote(Buffer.from(`${text}\n\n${body}`)), [witness.key]);
      expect(valid).toEqual([{ key: witness.key, time: START_MS / 1000 + 10 * (at + 1) }]);
    }
  });

  test('serves its newest checkpoint with the signatures of the log and its own, and nothing before', async () => {
    const { witness } = fixedWitness();
    const hash = originHash(ORIGIN);
    expect(await witness.checkpoint(hash)).toMatchObject({ status: 404 });
    await add(witness, log.request(0, 5));
    await add(witness, log.request(5, 7));
    const { status, body } = await witness.checkpoint(hash);
    const note = parseNote(Buffer.from(body));
    expect([status, note.text.split('\n')[1]]).toEqual([200, '7']);
    expect((await verifyNote(note, [noteKey(ORIGIN, fixedSigner().publicKey)])).valid).toHaveLength(1);
    expect((await verifyCosignatures(note, [witness.key])).valid).toHaveLength(1);
    expect(await witness.checkpoint('..')).toMatchObject({ status: 404 });
  });

  test('keeps a recent checkpoint at every sixteenth step, so that one that starts reads no more', async () => {
    const { witness, store } = fixedWitness();
    const sizes = [];
    for (let size = 1; size <= 40; size++) {
      await add(witness, log.request(size - 1, size));
      const recent = await store.read(`${originHash(ORIGIN)}/checkpoint`);
      sizes.push(recent === undefined ? 0 : Number(parseNote(recent).text.split('\n')[1]));
    }
    expect(sizes).toEqual(Array.from({ length: 40 }, (_, i) => i + 1 - ((i + 1) % 16)));
  });

  test('keeps no signature of an unknown key', async () => {
    const { witness } = fixedWitness();
    const note = `${await log.note(5)}\u2014 stranger.example.com ${Buffer.alloc(68).toString('base64')}\n`;
    expect(await add(witness, log.request(0, 5, note))).toMatchObject({ status: 200 });
    expect((await witness.checkpoint(originHash(ORIGIN))).body).not.toContain('stranger');
  });

  test('names the size that it knows when the old size is another', async () => {
    const { witness } = fixedWitness();
    expect(await add(witness, log.request(3, 5))).toMatchObject({ status: 409, type: 'text/x.tlog.size', body: '0\n' });
    await add(witness, log.request(0, 5));
    for (const [old, size] of [
      [0, 5],
      [0, 3],
      [3, 9],
      [6, 9],
    ] as const) {
      expect(await add(witness, log.request(old, size))).toMatchObject({
        status: 409,
        type: 'text/x.tlog.size',
        body: '5\n',
      });
    }
  });

  const other = new History(300, 'other');
  test.each([
    ['another tree of the same size', 422, () => other.request(5, 5)],
    ['a larger tree of another history, with its proof', 422, () => other.request(5, 9)],
    ['a larger tree with a proof of another', 422, async () => log.request(5, 9, await other.note(9))],
    ['a larger tree without a proof', 422, async () => formatAddCheckpoint({ old: 5, proof: [] }, await log.note(9))],
    [
      'the same tree with a proof',
      422,
      async () => formatAddCheckpoint({ old: 5, proof: [EMPTY_ROOT] }, await log.note(5)),
    ],
    ['an old size above that of the checkpoint', 400, () => log.request(5, 3)],
    ['a request that is none', 400, () => 'old 5'],
    ['a checkpoint that is none', 400, async () => (await log.request(5, 9)).replace(`${ORIGIN}\n9`, `${ORIGIN}\nx`)],
    ['an unknown log', 404, async () => log.request(5, 9, await log.note(9, 1, 'logs.example.com/other'))],
    ['an unknown key', 403, async () => log.request(5, 9, await log.note(9, 2))],
    ['a wrong signature', 403, async () => (await log.request(5, 9)).replace(`${ORIGIN}\n9\n`, `${ORIGIN}\n10\n`)],
    [
      'a right signature beside a wrong one of the same key',
      403,
      async () => {
        const [nine, ten] = [await log.note(9), await log.note(10)];
        return log.request(5, 9, nine + ten.split('\n\n')[1]!);
      },
    ],
  ])('answers %s with %d, and remembers nothing of it', async (_, status, body) => {
    const { witness, store } = fixedWitness();
    await add(witness, log.request(0, 5));
    const before = new Map((store as MemoryTileStore).objects);
    const answer = await add(witness, body());
    expect([answer.status, answer.body.includes('\u2014')]).toEqual([status, false]);
    expect((store as MemoryTileStore).objects).toEqual(before);
  });

  test.each([
    ['an empty tree with the root of another', log.trees[1]!.root, 0, []],
    ['an empty tree with a proof', EMPTY_ROOT, 0, [EMPTY_ROOT]],
    ['a first tree with a proof', log.trees[1]!.root, 1, [EMPTY_ROOT]],
  ])('does not cosign %s', async (_, root, size, proof) => {
    const { witness } = fixedWitness();
    const signer = fixedSigner();
    const note = await signCheckpoint({ origin: ORIGIN, size, root }, signer, noteKey(ORIGIN, signer.publicKey));
    expect(await add(witness, formatAddCheckpoint({ old: 0, proof }, note))).toMatchObject({ status: 422 });
  });

  test('knows what it has cosigned after a restart, and after the object "checkpoint" was lost or set back', async () => {
    const { witness, store } = fixedWitness();
    const newest = `${originHash(ORIGIN)}/checkpoint`;
    for (const size of [5, 9]) {
      await add(witness, log.request(size === 5 ? 0 : 5, size));
      await add(witness, log.request(size, size));
    }
    const early = (await store.read(newest))!;
    await add(witness, log.request(9, 300));
    await add(witness, log.request(300, 300));
    const again = fixedWitness(40, { store }).witness;
    expect((await add(again, log.request(0, 5))).body).toBe('300\n');
    await store.replace(newest, early);
    expect((await add(again, log.request(5, 9))).body).toBe('300\n');
    await store.remove(newest);
    expect((await add(again, log.request(0, 9))).body).toBe('300\n');
    expect((await again.checkpoint(originHash(ORIGIN))).body).toContain('\n300\n');
  });

  test('reads a bounded number of objects, also when it starts after many checkpoints', async () => {
    let reads = 0;
    const memory = new MemoryTileStore();
    const store = watched(memory, (call) => {
      if (call === 'read') reads += 1;
    });
    const { witness } = fixedWitness(40, { store });
    for (let size = 0; size < 100; size++) await add(witness, log.request(size, size + 1));
    expect(reads).toBeLessThan(100 + 20);
    reads = 0;
    expect(await add(fixedWitness(40, { store }).witness, log.request(100, 101))).toMatchObject({ status: 200 });
    expect(reads).toBeLessThan(20);
  });

  test('answers nothing that is not durable, and the request may be repeated', async () => {
    for (const call of ['create', 'replace'] as const) {
      const memory = new MemoryTileStore();
      let isDown = true;
      const store = watched(memory, (each) => {
        if (each === call && isDown) throw crash();
      });
      const { witness } = fixedWitness(40, { store });
      const asked = call === 'create' ? log.request(0, 5) : log.request(0, 0);
      await expect(add(witness, asked)).rejects.toMatchObject({ code: 'LOG_STORE_UNAVAILABLE' });
      isDown = false;
      expect(await add(witness, asked)).toMatchObject({ status: 200 });
    }
  });

  test('does not cosign a tree that another instance has left behind meanwhile', async () => {
    const memory = new MemoryTileStore();
    const fast = fixedWitness(40, { store: memory }).witness;
    await add(fast, log.request(0, 5));
    for (const size of [5, 9]) {
      const slow = fixedWitness(40, {
        store: memory,
        signer: {
          ...fixedSigner(40),
          sign: async (message) => {
            const known = Number((await add(fast, log.request(299, 299))).body);
            await add(fast, log.request(known, known + 10));
            return fixedSigner(40).sign(message);
          },
        },
      }).witness;
      const known = Number((await add(fast, log.request(299, 299))).body);
      const answer = await add(slow, log.request(known, known + size - 5));
      expect(answer).toMatchObject({ status: 409, body: `${known + 10}\n` });
    }
  });

  test('refuses to go on from a store that holds something else', async () => {
    const folder = originHash(ORIGIN);
    for (const path of [`${folder}/000`, `${folder}/checkpoint`]) {
      const { witness, store } = fixedWitness();
      await store.replace(path, Buffer.from('nothing'));
      await expect(add(witness, log.request(0, 5))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    }
    const { witness, store } = fixedWitness();
    await store.replace(`${folder}/000`, Buffer.from(await log.note(5)));
    await store.replace(`${folder}/005`, Buffer.from(await log.note(5)));
    await expect(add(witness, log.request(5, 9))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
});
