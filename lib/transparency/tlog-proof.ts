// C2SP tlog-proof: the index of an entry, its inclusion proof and the checkpoint, verifiable without the log.
import { fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { parseCheckpoint, wholeNumber, type Checkpoint } from './checkpoint.ts';
import { LogError } from './errors.ts';
import { HASH_BYTES, leafHash, sameBytes } from './hashes.ts';
import { type KeyInUse, outsideUse } from './findings.ts';
import { parseNote, readUtf8, verifyNote } from './note.ts';
import { rootOfInclusion } from './proofs.ts';

export interface TlogProof {
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
  /** For the application, not covered by the proof. Our proofs carry the entry, whose hash the proof confirms. */
  readonly extra?: Uint8Array;
}

const HEADER = 'c2sp.org/tlog-proof@v1';

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [HEADER];
  if (extra !== undefined) lines.push(`extra ${toBase64(extra)}`);
  lines.push(`index ${index}`, ...hashes.map((hash) => toBase64(hash)));
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Parses a proof. Throws `LogError` `LOG_MALFORMED`. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = readUtf8(bytes);
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (end === -1 || header !== HEADER) throw malformed(`A proof must begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') === true ? base64(lines.shift()!.slice('extra '.length)) : undefined;
  const index = lines.shift();
  if (index?.startsWith('index ') !== true) throw malformed('A proof must have the index of its entry');
  const hashes = lines.map(base64);
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw malformed('A hash of a proof must have 32 bytes');
  return {
    index: wholeNumber(index.slice('index '.length)),
    hashes,
    checkpoint: text.slice(end + 2),
    ...(extra === undefined ? {} : { extra }),
  };
}

/**
 * `unknown-key`: signed by none of the keys, or outside the time of use of the key. `modified`: a signature or the
 * inclusion proof does not verify. `unwitnessed`: without the cosignatures that the policy asks for. `later-than-now`:
 * dated later than the verifier's clock allows.
 */
export interface ProofFault {
  readonly kind: 'unknown-key' | 'modified' | 'unwitnessed' | 'later-than-now';
  readonly detail: string;
}

/** Verifies that the log of one of `keys` contains `entry`. Throws `LogError` `LOG_MALFORMED`. */
export async function verifyTlogProof(
  proof: TlogProof,
  entry: Uint8Array,
  keys: readonly KeyInUse[],
): Promise<{ readonly checkpoint: Checkpoint; readonly fault?: ProofFault }> {
  const note = parseNote(utf8(proof.checkpoint));
  const checkpoint = parseCheckpoint(note.text);
  const ofLog = keys.filter(({ key }) => key.name === checkpoint.origin);
  const { valid, wrong } = await verifyNote(
    note,
    ofLog.map(({ key }) => key),
  );
  if (wrong.length > 0) return faulty('modified', 'The signature does not match the checkpoint');
  const uses = ofLog.filter(({ key }) => valid.includes(key)).map((use) => outsideUse(checkpoint.time, use));
  if (!uses.includes(undefined))
    return faulty('unknown-key', uses[0] ?? 'None of the given keys signed the checkpoint');
  const root = rootOfInclusion(leafHash(entry), proof.index, checkpoint.size, proof.hashes);
  if (root === undefined || !sameBytes(root, checkpoint.root)) {
    return faulty('modified', 'The hashes do not lead from the record to the root of the checkpoint');
  }
  return { checkpoint };

  function faulty(kind: ProofFault['kind'], detail: string): { checkpoint: Checkpoint; fault: ProofFault } {
    return { checkpoint, fault: { kind, detail } };
  }
}

function base64(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw malformed('Not base64');
  return bytes;
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
