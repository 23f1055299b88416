// What a leaf of the log is: one line of the trail, byte for byte, known by its chain and number.
import { readLine, type SignedLine } from '../audit/read-line.ts';

/** `<chain id>:<number>`: the stable id of a record, the same in every copy and every delivery. */
export function recordId({ record }: SignedLine): string {
  return `${record.signature.chain_id}:${record.signature.sequence}`;
}

/** The parts of an id as a person types it; the number is what follows the last colon. */
export function parseRecordId(text: string): { chainId: string; sequence: number } | undefined {
  const [, chainId, sequence] = /^(.+):([1-9]\d*)$/s.exec(text) ?? [];
  return chainId === undefined ? undefined : { chainId, sequence: Number(sequence) };
}

/** Reads a leaf; undefined for one that is no signed record. */
export function readLeaf(bytes: Uint8Array): SignedLine | undefined {
  const read = readLine(Buffer.from(bytes).toString('utf8'));
  return read.kind === 'signed' ? read : undefined;
}
