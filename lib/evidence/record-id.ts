// A leaf of the log is one line of the trail, byte for byte, identified by its chain and number.
import { readLine, type SignedLine } from '../audit/read-line.ts';
import { textOf, toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../transparency/hashes.ts';
import { MAX_ENTRY_BYTES } from '../transparency/tiles.ts';

/** Returns `<chain id>:<number>`, the id of a record in every copy and delivery. */
export function recordId({ record }: SignedLine): string {
  return `${record.signature.chain_id}:${record.signature.sequence}`;
}

/** Parses a typed id; the number follows the last colon. */
export function parseRecordId(text: string): { chainId: string; sequence: number } | undefined {
  const [, chainId, sequence] = /^(.+):([1-9]\d*)$/s.exec(text) ?? [];
  return chainId === undefined ? undefined : { chainId, sequence: Number(sequence) };
}

/** Parses a leaf; undefined when it is no signed record. */
export function readLeaf(bytes: Uint8Array): SignedLine | undefined {
  const read = readLine(textOf(bytes));
  return read.kind === 'signed' ? read : undefined;
}

/** A line that can become a leaf. */
export interface Sealable {
  readonly read: SignedLine;
  readonly bytes: Uint8Array;
  /** Hexadecimal SHA-256 of the bytes. */
  readonly digest: string;
}

/** Parses a line that can become a leaf: a signed record that fits an entry. Undefined for any other. */
export function readSealable(line: string): Sealable | undefined {
  const read = readLine(line);
  const bytes = utf8(line);
  if (read.kind !== 'signed' || bytes.length > MAX_ENTRY_BYTES) return undefined;
  return { read, bytes, digest: toHex(sha256(bytes)) };
}
