import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatAddCheckpoint } from '../../lib/transparency/add-checkpoint.ts';
import { signCheckpoint } from '../../lib/transparency/checkpoint.ts';
import { EMPTY_TREE, grow, type Tree } from '../../lib/transparency/growth.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import { TileHashes } from '../../lib/transparency/tile-hashes.ts';
import type { Witness } from '../../lib/transparency/witness.ts';
import { fixedSigner, ORIGIN } from '../support/log.ts';
import { crash, MemoryTileStore, watched } from '../support/memory-tile-store.ts';
import { fixedWitness } from '../support/witness.ts';

const MOST = 12;
const signer = fixedSigner();
const key = noteKey(ORIGIN, signer.publicKey);

interface History {
  readonly trees: readonly Tree[];
  readonly store: MemoryTileStore;
}

/** Histories of one log that part after `common` leaves; each request below names one of them. */
function histories(common: number): readonly History[] {
  return ['a', 'b'].map((name) => {
    const store = new MemoryTileStore();
    const trees: Tree[] = [EMPTY_TREE];
    for (let i = 0; i < MOST; i++) {
      const { tree, writes } = grow(trees.at(-1)!, [Buffer.from(i < common ? `${i}` : `${name}${i}`)]);
      for (const { path, bytes } of writes) store.objects.set(path, bytes);
      trees.push(tree);
    }
    return { trees, store };
  });
}

/** A request, always signed by the log's key, with the right proof for what it claims. */
async function request({ trees, store }: History, old: number, size: number): Promise<Buffer> {
  const note = await signCheckpoint({ origin: ORIGIN, ...trees[size]! }, signer, key);
  const proof = old < size ? await new TileHashes(store, size).consistencyProof(old) : [];
  return Buffer.from(formatAddCheckpoint({ old, proof }, note));
}

const sizes = fc.integer({ min: 0, max: MOST });
const step = fc.record({ which: fc.integer({ min: 0, max: 1 }), old: sizes, size: sizes, honest: fc.boolean() });

/** Sends the request, with the old size that the witness names where the caller is honest. Returns what it cosigned. */
async function ask(
  witness: Witness,
  of: readonly History[],
  { which, old, size, honest }: { which: number; old: number; size: number; honest: boolean },
): Promise<{ readonly size: number; readonly root: string } | undefined> {
  const history = of[which]!;
  const first = await witness.addCheckpoint(await request(history, old, size)).catch(() => undefined);
  const known = first?.status === 409 ? Number(first.body) : undefined;
  const answer =
    known !== undefined && honest && known <= MOST
      ? await witness.addCheckpoint(await request(history, known, size)).catch(() => undefined)
      : first;
  if (answer?.status !== 200) return undefined;
  return { size, root: Buffer.from(history.trees[size]!.root).toString('hex') };
}

describe('a witness, whatever a holder of the log key asks', () => {
  test('never cosigns two roots of one size, nor a smaller tree after a larger one, across restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.array(fc.tuple(step, fc.boolean()), { maxLength: 30 }),
        async (common, steps) => {
          const of = histories(common);
          const store = new MemoryTileStore();
          let { witness } = fixedWitness(40, { store });
          const roots = new Map<number, string>();
          let largest = 0;
          for (const [each, restarts] of steps) {
            if (restarts) ({ witness } = fixedWitness(40, { store }));
            const cosigned = await ask(witness, of, each);
            if (cosigned === undefined) continue;
            expect(cosigned.size).toBeGreaterThanOrEqual(largest);
            expect(roots.get(cosigned.size) ?? cosigned.root).toBe(cosigned.root);
            largest = cosigned.size;
            roots.set(cosigned.size, cosigned.root);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('cosigns trees of one history only, when instances run side by side and die at any call of the store', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 0, max: 4 }),
        fc.array(fc.tuple(step, fc.integer({ min: 1, max: 20 })), { minLength: 2, maxLength: 12 }),
        async (scheduler, common, steps) => {
          const of = histories(common);
          const memory = new MemoryTileStore();
          const cosigned: { readonly size: number; readonly root: string }[] = [];
          const work = steps.map(async ([each, dies]) => {
            const store = watched(memory, async (_, __, call) => {
              await scheduler.schedule(Promise.resolve());
              if (call >= dies) throw crash();
            });
            const result = await ask(fixedWitness(40, { store }).witness, of, each);
            if (result !== undefined) cosigned.push(result);
          });
          await scheduler.waitFor(Promise.all(work));
          const isOf = ({ trees }: History): boolean =>
            cosigned.every(({ size, root }) => Buffer.from(trees[size]!.root).toString('hex') === root);
          expect(of.some(isOf)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
