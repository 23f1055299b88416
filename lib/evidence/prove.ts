// A portable proof of one record: C2SP tlog-proof that contains the record.
import { type Checkpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import { type Entry, readBundle, readEntries } from '../transparency/entries.ts';
import { LogError } from '../transparency/errors.ts';
import { NEWEST_CHECKPOINT } from '../transparency/layout.ts';
import { parseNote } from '../transparency/note.ts';
import type { TileReader } from '../transparency/ports.ts';
import { TileHashes } from '../transparency/tile-hashes.ts';
import { TILE_WIDTH } from '../transparency/tiles.ts';
import { type Cosignature, verifyCosignatures } from '../transparency/cosignature.ts';
import { formatTlogProof, parseTlogProof, type ProofFault, verifyTlogProof } from '../transparency/tlog-proof.ts';
import type { WitnessPolicy } from '../transparency/witness-policy.ts';
import { checkpointKeysOf, type KeyList } from './key-list.ts';
import { readLeaf } from './record-id.ts';

/** A record by its index in the log or by its id. */
export type WhichRecord = number | { readonly chainId: string; readonly sequence: number };

export interface RecordProof {
  readonly text: string;
  readonly index: number;
  readonly checkpoint: Checkpoint;
  /** The sealed line. */
  readonly record: string;
}

/**
 * Proves that a record is under the newest checkpoint, and verifies the proof before returning it. Resolves to
 * undefined when the log has no such record. Rejects with `LogError`: `LOG_KEY_UNKNOWN` or `LOG_DAMAGED` when the proof
 * does not verify.
 */
export async function proveRecord(
  reader: TileReader,
  keys: KeyList,
  which: WhichRecord,
): Promise<RecordProof | undefined> {
  const bytes = await reader.read(NEWEST_CHECKPOINT);
  if (bytes === undefined) return undefined;
  const checkpoint = Buffer.from(bytes).toString('utf8');
  const { size } = parseCheckpoint(parseNote(bytes).text);
  const entry = await find(reader, size, which);
  if (entry === undefined) return undefined;
  const hashes = await new TileHashes(reader, size).inclusionProof(entry.index);
  const text = formatTlogProof({ index: entry.index, hashes, checkpoint, extra: entry.bytes });
  const { fault, checkpoint: head, index, record } = checkProof(Buffer.from(text), keys);
  if (fault === undefined) return { text, checkpoint: head, index, record };
  if (fault === 'unknown-key') {
    throw new LogError('LOG_KEY_UNKNOWN', 'No key of the key list signed the newest checkpoint');
  }
  throw new LogError('LOG_DAMAGED', 'The log does not prove what it holds: run the verifier');
}

/** A proof that was checked. */
export interface CheckedProof extends Omit<RecordProof, 'text'> {
  readonly fault?: ProofFault;
  /** Valid cosignatures of the policy's witnesses on the checkpoint; empty without a policy. */
  readonly cosignatures: readonly Cosignature[];
}

/**
 * Reads and verifies a proof. With a policy, its checkpoint must be of a log that the policy lists, where it lists any,
 * and have the cosignatures of a quorum. Throws `LogError` `LOG_MALFORMED`, also for a proof that does not contain its
 * record.
 */
export function checkProof(bytes: Uint8Array, keys: KeyList, policy?: WitnessPolicy): CheckedProof {
  const proof = parseTlogProof(bytes);
  if (proof.extra === undefined) throw new LogError('LOG_MALFORMED', 'The proof does not contain its record');
  const logKeys = checkpointKeysOf(keys, policy).map(({ key }) => key);
  const { checkpoint, fault: broken } = verifyTlogProof(proof, proof.extra, logKeys);
  const { valid: cosignatures, wrong } = verifyCosignatures(
    parseNote(Buffer.from(proof.checkpoint)),
    policy?.witnesses.map(({ key }) => key) ?? [],
  );
  const isMet = policy?.isMet(new Set(cosignatures.map(({ key }) => key.verifierKey))) ?? true;
  const fault = broken ?? (wrong.length > 0 ? 'modified' : isMet ? undefined : 'unwitnessed');
  const record = Buffer.from(proof.extra).toString('utf8');
  return { index: proof.index, checkpoint, record, cosignatures, ...(fault === undefined ? {} : { fault }) };
}

async function find(reader: TileReader, size: number, which: WhichRecord): Promise<Entry | undefined> {
  if (typeof which === 'number') {
    if (which >= size) return undefined;
    const bundle = await readBundle(reader, Math.floor(which / TILE_WIDTH), size);
    return { index: which, bytes: bundle[which % TILE_WIDTH]! };
  }
  for await (const entry of readEntries(reader, 0, size)) {
    const signature = readLeaf(entry.bytes)?.record.signature;
    if (signature?.chain_id === which.chainId && signature.sequence === which.sequence) return entry;
  }
  return undefined;
}
