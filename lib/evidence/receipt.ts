// A COSE receipt of one record, which contains the record.
import { LogError } from '../transparency/errors.ts';
import { outsideUse } from '../transparency/findings.ts';
import { noteKey } from '../transparency/note.ts';
import type { CheckpointSigner, TileReader } from '../transparency/ports.ts';
import { parseReceipt, type ReceiptFault, signReceipt, verifyReceipt } from '../transparency/receipt.ts';
import { parseTlogProof } from '../transparency/tlog-proof.ts';
import type { KeyList } from './key-list.ts';
import { proveRecord, type RecordProof, type WhichRecord } from './prove.ts';

export interface RecordReceipt {
  readonly bytes: Uint8Array;
  readonly proof: RecordProof;
}

/** A receipt that was checked. */
export interface CheckedReceipt {
  readonly index: number;
  readonly size: number;
  readonly origin: string;
  /** When the receipt was signed, epoch seconds. */
  readonly time: number;
  /** The sealed line. */
  readonly record: string;
  readonly fault?: ReceiptFault;
}

/**
 * Proves that a record is under the newest checkpoint and signs a receipt of it at `time`, epoch seconds. A checkpoint's
 * own signature covers its text and cannot serve: the receipt needs the key. Resolves to undefined when the log has no
 * such record. Rejects with `LogError`: `LOG_KEY_UNKNOWN` when the signer's key is not in use by the key list, and as
 * `proveRecord` and the signer do.
 */
export async function receiptOfRecord(
  reader: TileReader,
  keys: KeyList,
  which: WhichRecord,
  signer: CheckpointSigner,
  time: number,
): Promise<RecordReceipt | undefined> {
  const { id } = noteKey(keys.origin, signer.publicKey);
  const use = keys.checkpointKeys.find((each) => each.key.id === id && outsideUse(time, each) === undefined);
  if (use === undefined) throw new LogError('LOG_KEY_UNKNOWN', 'The key list has no such key for receipts of this log');
  const proof = await proveRecord(reader, keys, which);
  if (proof === undefined) return undefined;
  const { hashes, extra } = parseTlogProof(Buffer.from(proof.text));
  const { origin, size, root } = proof.checkpoint;
  const content = { index: proof.index, size, hashes, origin, time, ...(extra && { entry: extra }) };
  const bytes = await signReceipt(content, root, signer, use.key);
  const { fault } = await checkReceipt(bytes, keys);
  if (fault === undefined) return { bytes, proof };
  throw new LogError('LOG_SIGNER_REFUSED', 'The signer gave a signature that does not verify');
}

/**
 * Reads and verifies a receipt, under a key at a time of its use. Throws `LogError` `LOG_MALFORMED`, also for a receipt
 * that does not contain its record.
 */
export async function checkReceipt(bytes: Uint8Array, keys: KeyList): Promise<CheckedReceipt> {
  const receipt = parseReceipt(bytes);
  const { index, size, origin, time, entry } = receipt;
  if (entry === undefined) throw new LogError('LOG_MALFORMED', 'The receipt does not contain its record');
  const inUse = keys.checkpointKeys.filter((use) => outsideUse(time, use) === undefined).map(({ key }) => key);
  const outcome = await verifyReceipt(receipt, entry, inUse);
  const record = Buffer.from(entry).toString('utf8');
  return { index, size, origin, time, record, ...(typeof outcome === 'string' && { fault: outcome }) };
}
