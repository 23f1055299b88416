// Asks timestamp authorities about checkpoints, and keeps their tokens beside them: timestamps/<N>, written once.
import { type Attempt, settled } from '../base/attempt.ts';
import { LogError } from './errors.ts';
import { checkpointPath, timestampPath } from './layout.ts';
import type { SignedCheckpoint } from './log-writer.ts';
import type { TileStore, TimestampAuthority } from './ports.ts';
import { timestampRequest, tokenOfReply } from './timestamp-exchange.ts';

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
 * Asks every authority side by side for a timestamp of a checkpoint, and stores the tokens of those that answer. A number
 * names a stored checkpoint; nobody is asked for one that has a timestamp. A checkpoint that was just signed is asked for
 * while it is stored. Never rejects for an authority, and takes as long as the slowest of them at most; a checkpoint
 * without a timestamp is covered by that of a later one. Rejects as the store does.
 */
export async function stampCheckpoint(
  options: TimestampingOptions,
  checkpoint: number | SignedCheckpoint,
): Promise<StampReport> {
  if (typeof checkpoint === 'number') return stampStored(options, checkpoint);
  const { number, bytes, stored } = checkpoint;
  const answers = await askAll(options, bytes);
  // A token is of these bytes; what is stored may have another writer's signature.
  return (await stored) ? keep(options, number, answers) : stampStored(options, number);
}

async function stampStored(options: TimestampingOptions, number: number): Promise<StampReport> {
  const { store } = options;
  const [stored, checkpoint] = await Promise.all([
    store.read(timestampPath(number)),
    store.read(checkpointPath(number)),
  ]);
  if (stored !== undefined || checkpoint === undefined) return { stamped: stored !== undefined, asked: [] };
  return keep(options, number, await askAll(options, checkpoint));
}

function askAll(
  { authorities, nonce }: TimestampingOptions,
  checkpoint: Uint8Array,
): Promise<readonly Attempt<Uint8Array>[]> {
  return Promise.all(authorities.map((authority) => settled(ask(authority, checkpoint, nonce()))));
}

/** Stores the tokens, and says which authority gave none and why. */
async function keep(
  { store, authorities }: TimestampingOptions,
  number: number,
  answers: readonly Attempt<Uint8Array>[],
): Promise<StampReport> {
  const tokens = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  if (tokens.length > 0) await store.create(timestampPath(number), Buffer.concat(tokens));
  const asked = answers.map((answer, i) => {
    const { name } = authorities[i]!;
    return answer.ok ? { name } : { name, failure: reasonOf(answer.error) };
  });
  return { stamped: tokens.length > 0, asked };
}

/** Resolves to the token of an authority. */
async function ask(authority: TimestampAuthority, checkpoint: Uint8Array, nonce: Uint8Array): Promise<Uint8Array> {
  const reply = await authority.ask(timestampRequest(checkpoint, nonce));
  return tokenOfReply(reply, checkpoint, nonce);
}

/** Returns what may be shown of an error: the messages of ours quote no reply. */
function reasonOf(error: unknown): string {
  return error instanceof LogError ? error.message : 'The timestamp authority could not be asked';
}
