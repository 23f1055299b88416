// A portable proof of one record: C2SP tlog-proof that contains the record.
import { RecordCheck, type RecordFault, timeOf } from '../audit/check-record.ts';
import { textOf, utf8 } from '../base/bytes.ts';
import { laterThanNow } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { type Checkpoint, parseCheckpoint } from '../transparency/checkpoint.ts';
import { type Entry, readBundle, readEntries } from '../transparency/entries.ts';
import { LogError } from '../transparency/errors.ts';
import { NEWEST_CHECKPOINT } from '../transparency/layout.ts';
import { parseNote } from '../transparency/note.ts';
import type { TileReader } from '../transparency/ports.ts';
import { TileHashes } from '../transparency/tile-hashes.ts';
import { TILE_WIDTH } from '../transparency/tiles.ts';
import { type Cosignature, verifyCosignatures, type WitnessKey } from '../transparency/cosignature.ts';
import { formatTlogProof, parseTlogProof, type ProofFault, verifyTlogProof } from '../transparency/tlog-proof.ts';
import type { WitnessPolicy } from '../transparency/witness-policy.ts';
import { checkpointKeysOf, type KeyList, recordKeyOutsideUse } from './key-list.ts';
import { readLeaf } from './record-id.ts';

/** A record by its index in the log or by its id. */
export type WhichRecord = number | { readonly chainId: string; readonly sequence: number };

export interface RecordProof {
  readonly text: string;
  readonly index: number;
  readonly checkpoint: Checkpoint;
  /** The sealed line. */
  readonly record: string;
  /** Whether the checksum of the record itself was checked. Without, the proof says that it was sealed, not who made it. */
  readonly checksum: 'verified' | 'not checked';
}

/** A checked proof. Absent fault: it holds. */
export type CheckedProof = Omit<RecordProof, 'text'> & {
  readonly fault?: ProofFault | RecordFault;
  /** Valid cosignatures of the policy's witnesses on the checkpoint; empty without a policy. */
  readonly cosignatures: readonly Cosignature[];
};

/**
 * Proves that a record is under the newest checkpoint, and verifies the proof before returning it. Resolves to
 * undefined when the log has no such record. Rejects with `LogError` when the proof does not verify: `LOG_KEY_UNKNOWN`,
 * `LOG_UNWITNESSED` without the cosignatures of the policy, else `LOG_DAMAGED`.
 */
export async function proveRecord(
  reader: TileReader,
  keys: KeyList,
  which: WhichRecord,
  checks: ProofChecks = {},
): Promise<RecordProof | undefined> {
  const bytes = await reader.read(NEWEST_CHECKPOINT);
  if (bytes === undefined) return undefined;
  const checkpoint = textOf(bytes);
  const { size } = parseCheckpoint(parseNote(bytes).text);
  const entry = await find(reader, size, which);
  if (entry === undefined) return undefined;
  const hashes = await new TileHashes(reader, size).inclusionProof(entry.index);
  const text = formatTlogProof({ index: entry.index, hashes, checkpoint, extra: entry.bytes });
  const { fault, cosignatures: _, ...checked } = await checkProof(utf8(text), keys, checks);
  if (fault === undefined) return { text, ...checked };
  if (fault.kind === 'unknown-key') {
    throw new LogError('LOG_KEY_UNKNOWN', `The key list does not cover what is proved: ${fault.detail}`);
  }
  if (fault.kind === 'unwitnessed') {
    throw new LogError('LOG_UNWITNESSED', `Nothing was proved: ${fault.detail}; try again after the next checkpoint`);
  }
  throw new LogError('LOG_DAMAGED', `The log does not prove what it holds, run the verifier: ${fault.detail}`);
}

/** What is checked besides the inclusion and the signature of the checkpoint. */
export interface ProofChecks {
  /** By their ids. @default - the checksum of the record is not checked */
  readonly recordKeys?: ReadonlyMap<string, Secret> | undefined;
  /** @default - cosignatures are not verified */
  readonly policy?: WitnessPolicy | undefined;
  /** Epoch seconds. @default - what is dated later than now is not detected */
  readonly now?: number | undefined;
}

/**
 * Reads and verifies a proof: its checkpoint, under a key at a time of its use; the inclusion of its record; and the
 * time of use of the record's key. With record keys also the checksum of the record. With a policy, the checkpoint must
 * be of a log that the policy lists, where it lists any, and have the cosignatures of a quorum. With a clock, neither
 * checkpoint, record nor cosignature may be dated later. Throws `LogError` `LOG_MALFORMED`, also for a proof that does
 * not contain its record.
 */
export async function checkProof(
  bytes: Uint8Array,
  keys: KeyList,
  { recordKeys, policy, now }: ProofChecks = {},
): Promise<CheckedProof> {
  const proof = parseTlogProof(bytes);
  if (proof.extra === undefined) throw new LogError('LOG_MALFORMED', 'The proof does not contain its record');
  const { checkpoint, fault: broken } = await verifyTlogProof(proof, proof.extra, checkpointKeysOf(keys, policy));
  const { valid: cosignatures, wrong } = await verifyCosignatures(
    parseNote(utf8(proof.checkpoint)),
    policy?.witnesses.map(({ key }) => key) ?? [],
  );
  const fault =
    broken ??
    faultOfRecord(proof.extra, keys, recordKeys) ??
    faultOfCosignatures(cosignatures, wrong, policy) ??
    faultOfTimes([checkpoint.time ?? 0, recordTime(proof.extra), ...cosignatures.map(({ time }) => time)], now);
  return {
    index: proof.index,
    checkpoint,
    record: textOf(proof.extra),
    checksum: recordKeys !== undefined && fault === undefined ? 'verified' : 'not checked',
    cosignatures,
    ...(fault !== undefined && { fault }),
  };
}

/** Returns what is wrong with a record on its own, or undefined; without `recordKeys` its checksum is not checked. */
export function faultOfRecord(
  bytes: Uint8Array,
  keys: KeyList,
  recordKeys: ReadonlyMap<string, Secret> | undefined,
): RecordFault | undefined {
  const leaf = readLeaf(bytes);
  if (leaf === undefined) return { kind: 'malformed', detail: 'The leaf is no signed record' };
  return new RecordCheck(recordKeys, (keyId, time) => recordKeyOutsideUse(keys, keyId, time)).fault(leaf.record);
}

/** Returns the fault of a proof that anything in it is dated later than now, both in epoch seconds; undefined if none is. */
export function faultOfTimes(times: readonly number[], now: number | undefined): ProofFault | undefined {
  const later = laterThanNow(Math.max(...times), now);
  return later === undefined ? undefined : { kind: 'later-than-now', detail: later };
}

/** Returns the time of a sealed record, epoch seconds. */
export function recordTime(bytes: Uint8Array): number {
  const leaf = readLeaf(bytes);
  return leaf === undefined ? 0 : timeOf(leaf.record);
}

function faultOfCosignatures(
  valid: readonly Cosignature[],
  wrong: readonly WitnessKey[],
  policy: WitnessPolicy | undefined,
): ProofFault | undefined {
  const [key] = wrong;
  if (key !== undefined) return { kind: 'modified', detail: `The cosignature of ${key.name} is not of the checkpoint` };
  if (policy?.isMet(new Set(valid.map(({ key: { verifierKey } }) => verifierKey))) ?? true) return undefined;
  return { kind: 'unwitnessed', detail: 'The checkpoint has not the cosignatures of a quorum' };
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
