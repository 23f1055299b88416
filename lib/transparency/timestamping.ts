// Asks timestamp authorities about checkpoints, and keeps their tokens beside them: timestamps/<N>, written once.
import { settled } from '../base/attempt.ts';
import { LogError } from './errors.ts';
import { checkpointPath, timestampPath } from './layout.ts';
import type { TileStore, TimestampAuthority } from './ports.ts';

export interface TimestampingOptions {
  readonly store: TileStore;
  readonly authorities: readonly TimestampAuthority[];
  /** Returns 8 random bytes, other ones at each call. */
  readonly nonce: () => Uint8Array;
}

/** What became of asking one authority. `failure`: why there is no timestamp. */
export interface AskedAuthority {
  readonly name: string;
  readonly failure?: string;
}

/** `stamped`: the checkpoint has a timestamp now, or had one before. */
export interface StampReport {
  readonly stamped: boolean;
  readonly asked: readonly AskedAuthority[];
}

/**
 * Asks every authority side by side for a timestamp of checkpoint `number`, and stores the tokens of those that answer.
 * Asks nobody for a checkpoint that has a timestamp. Never rejects for an authority, and takes as long as the slowest of
 * them at most; a checkpoint without a timestamp is covered by that of a later one. Rejects as the store does.
 */
export async function stampCheckpoint(options: TimestampingOptions, number: number): Promise<StampReport> {
  const { store, authorities, nonce } = options;
  const path = timestampPath(number);
  const [stored, checkpoint] = await Promise.all([store.read(path), store.read(checkpointPath(number))]);
  if (stored !== undefined || checkpoint === undefined) return { stamped: stored !== undefined, asked: [] };
  const answers = await Promise.all(authorities.map((authority) => settled(ask(authority, checkpoint, nonce()))));
  const tokens = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  if (tokens.length > 0) await store.create(path, Buffer.concat(tokens));
  const asked = answers.map((answer, i) => {
    const { name } = authorities[i]!;
    return answer.ok ? { name } : { name, failure: reasonOf(answer.error) };
  });
  return { stamped: tokens.length > 0, asked };
}

/** Resolves to the token of an authority. */
async function ask(authority: TimestampAuthority, checkpoint: Uint8Array, nonce: Uint8Array): Promise<Uint8Array> {
  // Loaded when asked for: the library is larger than the rest of the sealer.
  const { timestampRequest, tokenOfReply } = await import('./timestamp.ts');
  const reply = await authority.ask(timestampRequest(checkpoint, nonce));
  return tokenOfReply(reply, checkpoint, nonce);
}

/** Returns what may be shown of an error: the messages of ours quote no reply. */
function reasonOf(error: unknown): string {
  return error instanceof LogError ? error.message : 'The timestamp authority could not be asked';
}
