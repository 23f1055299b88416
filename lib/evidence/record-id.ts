// A leaf of the log is one line of the trail, byte for byte, identified by its chain and number.
import { readLine, type SignedLine } from '../audit/read-line.ts';
import { textOf } from '../base/bytes.ts';

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
