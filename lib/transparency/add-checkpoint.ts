// The request of C2SP tlog-witness: `add-checkpoint` with an old size, a consistency proof and a checkpoint.
import { wholeNumber } from './checkpoint.ts';
import { LogError } from './errors.ts';
import { HASH_BYTES } from './hashes.ts';
import { type Note, parseNote, readUtf8 } from './note.ts';

export interface AddCheckpoint {
  /** Size of the tree that the witness knows; 0 where it knows none. */
  readonly old: number;
  /** RFC 6962 §2.1.2, from the old size to that of the checkpoint. */
  readonly proof: readonly Uint8Array[];
}

/** The body of the 409 answer has this type: the size that the witness knows. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** Most lines of a proof. */
const MAX_HASHES = 63;

/** Formats a request. `checkpoint` is the signed note. */
export function formatAddCheckpoint({ old, proof }: AddCheckpoint, checkpoint: string): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `old ${old}\n${hashes.join('')}\n${checkpoint}`;
}

/** Parses a request. Throws `LogError` `LOG_MALFORMED`. Verifies neither signatures nor proof. */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint & { readonly note: Note } {
  const end = Buffer.from(body).indexOf('\n\n');
  const [first, ...lines] = readUtf8(body.subarray(0, Math.max(end, 0))).split('\n');
  if (end === -1 || first?.startsWith('old ') !== true) {
    throw malformed('A request must begin with "old <size>", and have an empty line before its checkpoint');
  }
  if (lines.length > MAX_HASHES) throw malformed(`A proof must have at most ${MAX_HASHES} hashes`);
  return {
    old: wholeNumber(first.slice('old '.length)),
    proof: lines.map(parseHash),
    note: parseNote(body.subarray(end + 2)),
  };
}

function parseHash(line: string): Uint8Array {
  const hash = Buffer.from(line, 'base64');
  if (hash.length !== HASH_BYTES || hash.toString('base64') !== line) {
    throw malformed('A line of a proof must be the base64 of a hash of 32 bytes');
  }
  return hash;
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
