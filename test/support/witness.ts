// Witnesses in the process of the test.
import type { Cosigner } from '../../lib/transparency/cosigning.ts';
import { Cosigners } from '../../lib/transparency/cosigning.ts';
import type { TileStore, WitnessClient } from '../../lib/transparency/ports.ts';
import { Witness, type WitnessOptions } from '../../lib/transparency/witness.ts';
import { fixedKeys, fixedSigner, START_MS } from './log.ts';
import { MemoryTileStore } from './memory-tile-store.ts';

/** A witness of `fixedLog`. Its key is `seed`, 32 times. */
export function fixedWitness(
  seed = 40,
  change: Partial<WitnessOptions> = {},
): { readonly witness: Witness; readonly store: TileStore } {
  const store = change.store ?? new MemoryTileStore();
  const witness = new Witness({
    name: `witness.example.com/w${seed - 39}`,
    signer: fixedSigner(seed),
    logs: fixedKeys().checkpointKeys.map(({ key }) => key),
    store,
    nowMs: () => START_MS,
    ...change,
  });
  return { witness, store };
}

/** The log's side of a witness in this process. */
export function cosignerOf(witness: Witness, through: (client: WitnessClient) => WitnessClient = (it) => it): Cosigner {
  const client: WitnessClient = {
    async addCheckpoint(body) {
      const { status, body: text } = await witness.addCheckpoint(Buffer.from(body));
      return { status, text };
    },
  };
  return { key: witness.key, client: through(client) };
}

/** Asks without a limit of time, unless there is one. */
export function cosigners(witnesses: readonly (Witness | Cosigner)[], budgetMs?: number): Cosigners {
  return new Cosigners(
    witnesses.map((each) => ('client' in each ? each : cosignerOf(each))),
    () => (budgetMs === undefined ? new AbortController().signal : AbortSignal.timeout(budgetMs)),
  );
}
