// C2SP tlog-cosignature, Ed25519 cosignature/v1 (type 0x04): a witness states that, at a time, a checkpoint is the
// largest tree of its log that it has seen, and consistent with every tree before.
import { concat, utf8 } from '../base/bytes.ts';
import { isPublicKey, verifySignature } from '../crypto/verify-signature.ts';
import { LogError } from './errors.ts';
import {
  ed25519Spki,
  type KeyName,
  nameKey,
  type Note,
  type NoteSignature,
  rawEd25519,
  splitVerifierKey,
} from './note.ts';
import type { CheckpointPublicKey, CheckpointSigner } from './ports.ts';

/** The public key of a witness. */
export interface WitnessKey extends KeyName {
  /** SubjectPublicKeyInfo in DER, of an Ed25519 key. */
  readonly spki: Uint8Array;
}

/** A valid cosignature. */
export interface Cosignature {
  readonly key: WitnessKey;
  /** When the witness signed, epoch seconds. */
  readonly time: number;
}

const TYPE = 0x04;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/**
 * Makes the key of a witness: its id is SHA-256(name ‖ 0x0A ‖ 0x04 ‖ key), cut to 4 bytes. Throws `LogError`
 * `LOG_MALFORMED` for a name that no signature line can have, and for a key of another algorithm.
 */
export function witnessKey(name: string, { algorithm, spki }: CheckpointPublicKey): WitnessKey {
  if (algorithm !== 'ed25519' || !isPublicKey({ algorithm, spki })) throw malformed('A witness needs an Ed25519 key');
  return { ...nameKey(name, TYPE, rawEd25519(spki)), spki };
}

/** Parses the verifier key of a witness. Throws `LogError` `LOG_MALFORMED`, also for a key of another type. */
export function parseWitnessKey(text: string): WitnessKey {
  const { name, type, material } = splitVerifierKey(text);
  if (type !== TYPE) throw malformed('The verifier key of a witness must be of type 4 (Ed25519 cosignature/v1)');
  const key = witnessKey(name, { algorithm: 'ed25519', spki: ed25519Spki(material) });
  if (key.verifierKey !== text) throw malformed('The id of the verifier key does not match its key');
  return key;
}

/**
 * Cosigns the text of a checkpoint; `time` in epoch seconds. The caller has verified the checkpoint. Rejects as the
 * signer does.
 */
export async function cosign(
  text: string,
  time: number,
  signer: CheckpointSigner,
  { name, id }: WitnessKey,
): Promise<NoteSignature> {
  const stamp = new Uint8Array(TIME_BYTES);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return { name, id, signature: concat([stamp, await signer.sign(message(text, time))]) };
}

/** Verifies the cosignatures of the given witnesses. `wrong`: witnesses with an invalid one. Ignores other lines. */
export async function verifyCosignatures(
  { text, signatures }: Note,
  keys: readonly WitnessKey[],
): Promise<{ readonly valid: readonly Cosignature[]; readonly wrong: readonly WitnessKey[] }> {
  const valid: Cosignature[] = [];
  const wrong: WitnessKey[] = [];
  for (const { name, id, signature } of signatures) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (key === undefined) continue;
    const time = timeOf(signature);
    if (time !== undefined && (await holds(key, message(text, time), signature))) valid.push({ key, time });
    else wrong.push(key);
  }
  return { valid, wrong };
}

function holds({ spki }: WitnessKey, signed: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifySignature({ algorithm: 'ed25519', spki }, signed, signature.subarray(TIME_BYTES));
}

function message(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** Reads the time of a cosignature; undefined for bytes that are none. */
function timeOf(signature: Uint8Array): number | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(time) ? time : undefined;
}

function malformed(text: string): LogError {
  return new LogError('LOG_MALFORMED', text);
}
