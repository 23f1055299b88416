// A COSE receipt of one record, which contains the record.
import type { RecordFault } from '../audit/check-record.ts';
import { textOf, utf8 } from '../base/bytes.ts';
import type { Secret } from '../base/secret.ts';
import { LogError } from '../transparency/errors.ts';
import { outsideUse } from '../transparency/findings.ts';
import { noteKey } from '../transparency/note.ts';
import type { CheckpointSigner, TileReader } from '../transparency/ports.ts';
import { parseReceipt, signReceipt, verifyReceipt } from '../transparency/receipt.ts';
import { parseTlogProof, type ProofFault } from '../transparency/tlog-proof.ts';
import type { KeyList } from './key-list.ts';
import {
  faultOfRecord,
  faultOfTimes,
  type ProofChecks,
  proveRecord,
  type RecordProof,
  recordTime,
  type WhichRecord,
} from './prove.ts';

export interface ReceiptOptions {
  readonly reader: TileReader;
  readonly keys: KeyList;
  /** By their ids. @default - the checksum of the record is not checked */
  readonly recordKeys?: ReadonlyMap<string, Secret> | undefined;
  /** Signs with the key of the log. */
  readonly signer: CheckpointSigner;
  /** The time of signing, epoch seconds. */
  readonly time: number;
}

export interface RecordReceipt {
  readonly bytes: Uint8Array;
  readonly proof: RecordProof;
}

/** A receipt that was checked. Absent fault: it holds. */
export interface CheckedReceipt extends Pick<RecordProof, 'index' | 'record' | 'checksum'> {
  /** Leaves of the tree. */
  readonly size: number;
  readonly origin: string;
  /** When the receipt was signed, epoch seconds. */
  readonly time: number;
  readonly fault?: ProofFault | RecordFault;
}

/**
 * Proves that a record is under the newest checkpoint and signs a receipt of it. A checkpoint's own signature covers its
 * text and cannot serve: the receipt needs the key. Resolves to undefined when the log has no such record. Rejects with
 * `LogError`: `LOG_KEY_UNKNOWN` when the signer's key is not in use by the key list, and as `proveRecord` and the signer
 * do.
 */
export async function receiptOfRecord(
  { reader, keys, recordKeys, signer, time }: ReceiptOptions,
  which: WhichRecord,
): Promise<RecordReceipt | undefined> {
  const { id } = noteKey(keys.origin, signer.publicKey);
  const use = keys.checkpointKeys.find((each) => each.key.id === id && outsideUse(time, each) === undefined);
  if (use === undefined) throw new LogError('LOG_KEY_UNKNOWN', 'The key list has no such key for receipts of this log');
  const proof = await proveRecord(reader, keys, which, { recordKeys });
  if (proof === undefined) return undefined;
  const { hashes, extra } = parseTlogProof(utf8(proof.text));
  const { origin, size, root } = proof.checkpoint;
  const content = { index: proof.index, size, hashes, origin, time, ...(extra && { entry: extra }) };
  const bytes = await signReceipt(content, root, signer, use.key);
  const { fault } = await checkReceipt(bytes, keys, { recordKeys });
  if (fault === undefined) return { bytes, proof };
  throw new LogError('LOG_SIGNER_REFUSED', `The signer gave a receipt that does not hold: ${fault.detail}`);
}

/**
 * Reads and verifies a receipt: its key, at a time of its use; the inclusion of its record; and the time of use of the
 * record's key. With record keys also the checksum of the record; with a clock, neither receipt nor record may be dated
 * later. Throws `LogError` `LOG_MALFORMED`, also for a receipt that does not contain its record.
 */
export async function checkReceipt(
  bytes: Uint8Array,
  keys: KeyList,
  { recordKeys, now }: Omit<ProofChecks, 'policy'> = {},
): Promise<CheckedReceipt> {
  const receipt = parseReceipt(bytes);
  const { index, size, origin, time, entry } = receipt;
  if (entry === undefined) throw new LogError('LOG_MALFORMED', 'The receipt does not contain its record');
  const fault =
    (await verifyReceipt(receipt, entry, keys.checkpointKeys)) ??
    faultOfRecord(entry, keys, recordKeys) ??
    faultOfTimes([time, recordTime(entry)], now);
  const checksum = recordKeys !== undefined && fault === undefined ? 'verified' : 'not checked';
  const record = textOf(entry);
  return { index, size, origin, time, record, checksum, ...(fault !== undefined && { fault }) };
}
