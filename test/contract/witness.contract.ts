import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { httpWitness } from '../../lib/adapters/http/witness.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { formatAddCheckpoint } from '../../lib/transparency/add-checkpoint.ts';
import { verifyCosignatures, type WitnessKey } from '../../lib/transparency/cosignature.ts';
import type { WitnessOutcome } from '../../lib/transparency/cosigning.ts';
import { NEWEST_CHECKPOINT } from '../../lib/transparency/layout.ts';
import { noteKey, type NoteKey, parseNote } from '../../lib/transparency/note.ts';
import type { TileStore, WitnessClient } from '../../lib/transparency/ports.ts';
import { chainLines } from '../support/chain-lines.ts';
import { fixedLog, fixedSigner } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { cosigners } from '../support/witness.ts';

/** A witness that listens, and knows the given logs. */
export interface WitnessUnderTest {
  readonly url: string;
  readonly key: WitnessKey;
  /**
   * What it answers to a key that it does not know, where that is not 403.
   *
   * @default 'refused'
   */
  readonly unknownKey?: WitnessOutcome;
  stop(): Promise<void>;
}

const ORIGINS = ['grows', 'begins-late', 'is-shared', 'is-rewritten', 'is-rolled-back', 'has-another-key'] as const;
type Name = (typeof ORIGINS)[number];

const originOf = (name: Name | 'is-unknown'): string => `logs.example.com/${name}`;

/**
 * The promises of a witness to our sealer, for ours and for others. With `skipped`, they are printed as skipped for that
 * reason.
 */
export function witnessContract(
  name: string,
  start: (logs: readonly NoteKey[]) => Promise<WitnessUnderTest>,
  skipped?: string,
): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`a witness: ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let witness: WitnessUnderTest;
    let client: WitnessClient;
    let lines: readonly string[];
    beforeAll(async () => {
      lines = await chainLines('a', 600);
      witness = await start(ORIGINS.map((each) => noteKey(originOf(each), fixedSigner().publicKey)));
      client = httpWitness({ url: new URL(witness.url), timeoutMs: 30_000 });
    });
    afterAll(() => witness.stop());

    function sealerOf(store: TileStore, log: Name | 'is-unknown', seed = 1): Sealer {
      const witnesses = cosigners([{ key: witness.key, client }]);
      const change = { origin: originOf(log), signer: fixedSigner(seed), witnesses };
      return new Sealer(fixedLog(store, change), store);
    }

    test('cosigns a log that grows, across tiles and without new leaves', async () => {
      const store = new MemoryTileStore();
      const sealer = sealerOf(store, 'grows');
      const before = Math.floor(Date.now() / 1000);
      for (const [from, to] of [
        [0, 0],
        [0, 1],
        [1, 255],
        [255, 257],
        [257, 600],
        [600, 600],
      ] as const) {
        const run = from === to ? sealer.tick(Number.POSITIVE_INFINITY, 0) : sealer.seal(lines.slice(from, to));
        expect(await outcomeOf(run)).toEqual(['cosigned']);
        const note = parseNote((await store.read(NEWEST_CHECKPOINT))!);
        const { valid } = await verifyCosignatures(note, [witness.key]);
        expect(valid).toHaveLength(1);
        expect(valid[0]!.time).toBeGreaterThanOrEqual(before);
        expect(valid[0]!.time).toBeLessThanOrEqual(Date.now() / 1000);
      }
    });

    test('is told of a log that has begun without it, and of one whose sealer was started anew', async () => {
      const store = new MemoryTileStore();
      const alone = new Sealer(fixedLog(store, { origin: originOf('begins-late') }), store);
      await alone.seal(lines.slice(0, 300));
      expect(await outcomeOf(sealerOf(store, 'begins-late').seal(lines.slice(300, 310)))).toEqual(['cosigned']);
      await alone.seal(lines.slice(310, 400));
      expect(await outcomeOf(sealerOf(store, 'begins-late').seal(lines.slice(400)))).toEqual(['cosigned']);
    });

    test('cosigns the newest checkpoint of a log that several sealers write', async () => {
      const store = new MemoryTileStore();
      const parts = [0, 1, 2, 3].map((n) => lines.slice(n * 100, n * 100 + 100));
      await Promise.all(parts.map((part) => sealerOf(store, 'is-shared').seal(part)));
      expect(await outcomeOf(sealerOf(store, 'is-shared').seal(lines.slice(400)))).toEqual(['cosigned']);
    });

    test('refuses another history of the same size or a larger one, and a smaller tree', async () => {
      await sealerOf(new MemoryTileStore(), 'is-rewritten').seal(lines.slice(0, 20));
      await sealerOf(new MemoryTileStore(), 'is-rolled-back').seal(lines.slice(0, 20));
      const other = lines.toReversed();
      const rewritten = [20, 300].map((size) =>
        sealerOf(new MemoryTileStore(), 'is-rewritten').seal(other.slice(0, size)),
      );
      expect(await Promise.all(rewritten.map(outcomeOf))).toEqual([['inconsistent'], ['inconsistent']]);
      const cut = sealerOf(new MemoryTileStore(), 'is-rolled-back').seal(lines.slice(0, 10));
      expect(await outcomeOf(cut)).toEqual(['ahead']);
    });

    test('refuses an unknown log, another key of a log that it knows, and what is no request', async () => {
      const unknown = sealerOf(new MemoryTileStore(), 'is-unknown').seal(lines.slice(0, 1));
      expect(await outcomeOf(unknown)).toEqual(['unknown-log']);
      const strange = sealerOf(new MemoryTileStore(), 'has-another-key', 2).seal(lines.slice(0, 1));
      expect(await outcomeOf(strange)).toEqual([witness.unknownKey ?? 'refused']);
      expect(await client.addCheckpoint('old 0')).toMatchObject({ status: 400 });
    });

    test('names its size, alone on a line', async () => {
      const store = new MemoryTileStore();
      const alone = new Sealer(fixedLog(store, { origin: originOf('grows') }), store);
      await alone.seal(lines);
      const note = Buffer.from((await store.read(NEWEST_CHECKPOINT))!).toString();
      const { status, text } = await client.addCheckpoint(formatAddCheckpoint({ old: 3, proof: [] }, note));
      expect([status, text]).toEqual([409, '600\n']);
    });
  });
}

async function outcomeOf(work: Promise<{ readonly asked: readonly { readonly outcome: string }[] }>) {
  return (await work).asked.map(({ outcome }) => outcome);
}
