// C2SP signed-note: a text with signatures of named keys.
import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { toHex } from '../base/bytes.ts';
import { LogError } from './errors.ts';
import { sameBytes, sha256 } from './hashes.ts';
import type { CheckpointAlgorithm, CheckpointPublicKey } from './ports.ts';

/** The name of a key in its signature lines. */
export interface KeyName {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly id: string;
  /** `<name>+<id>+<base64 of type and key>`, the form of keys for verifiers. */
  readonly verifierKey: string;
}

/** A public key with the name in its signature lines. */
export interface NoteKey extends KeyName {
  readonly algorithm: CheckpointAlgorithm;
  readonly publicKey: KeyObject;
}

/** One signature line. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

/** An unverified note. */
export interface Note {
  /** The signed text; ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The signature type bytes: 0x01 Ed25519, 0x02 ECDSA. */
const TYPES: Readonly<Record<CheckpointAlgorithm, number>> = { ed25519: 0x01, 'ecdsa-p256': 0x02 };
/** The prefix of the 32 key bytes in an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_ID_BYTES = 4;
/** Far above the size of our notes, far below what exhausts memory. */
const MAX_NOTE_BYTES = 64 * 1024;

/**
 * Makes the note key of a public key. The id of an Ed25519 key is SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), cut to 4 bytes;
 * the id of an ECDSA key is SHA-256(SubjectPublicKeyInfo), cut likewise, and does not depend on the name. Throws
 * `LogError` `LOG_MALFORMED` for a name that is empty or has a space, a plus or a control character, and for a key of
 * another kind.
 */
export function noteKey(name: string, { algorithm, spki }: CheckpointPublicKey): NoteKey {
  const publicKey = readPublicKey(algorithm, spki);
  const type = TYPES[algorithm];
  if (algorithm === 'ed25519') return { ...nameKey(name, type, rawEd25519(spki)), algorithm, publicKey };
  return { ...nameKey(name, type, spki, spki), algorithm, publicKey };
}

/**
 * Names a key of a signature type. Its id is the start of the SHA-256 of `identified`, by default name ‖ 0x0A ‖ type ‖
 * material. Throws `LogError` `LOG_MALFORMED` for a name that no signature line can have.
 */
export function nameKey(name: string, type: number, material: Uint8Array, identified?: Uint8Array): KeyName {
  if (!isKeyName(name)) throw malformed('A key name must not be empty or have spaces, pluses or control characters');
  const typed = Buffer.concat([Uint8Array.of(type), material]);
  const id = sha256(identified ?? Buffer.concat([Buffer.from(`${name}\n`), typed]));
  const idText = toHex(id.subarray(0, KEY_ID_BYTES));
  return { name, id: idText, verifierKey: `${name}+${idText}+${typed.toString('base64')}` };
}

/** Parses `<name>+<id>+<base64>`. Throws `LogError` `LOG_MALFORMED`, also when the id does not match the key. */
export function parseVerifierKey(text: string): NoteKey {
  const { name, type, material } = splitVerifierKey(text);
  const algorithm = (Object.keys(TYPES) as CheckpointAlgorithm[]).find((each) => TYPES[each] === type);
  if (algorithm === undefined) throw malformed('A verifier key must be of type 1 (Ed25519) or 2 (ECDSA)');
  const key = noteKey(name, { algorithm, spki: algorithm === 'ed25519' ? ed25519Spki(material) : material });
  if (key.verifierKey !== text) throw malformed('The id of the verifier key does not match its key');
  return key;
}

/** Splits a verifier key of any type, unverified. Throws `LogError` `LOG_MALFORMED`. */
export function splitVerifierKey(text: string): {
  readonly name: string;
  readonly type: number | undefined;
  readonly material: Uint8Array;
} {
  const [, name, encoded] = /^([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  if (name === undefined || encoded === undefined) throw malformed('Not a verifier key: <name>+<id>+<base64>');
  const bytes = Buffer.from(encoded, 'base64');
  return { name, type: bytes[0], material: bytes.subarray(1) };
}

/** Returns the SubjectPublicKeyInfo of the 32 bytes of an Ed25519 key. */
export function ed25519Spki(material: Uint8Array): Uint8Array {
  return Buffer.concat([ED25519_SPKI, material]);
}

/** Returns the 32 bytes of an Ed25519 key. */
export function rawEd25519(spki: Uint8Array): Uint8Array {
  return spki.subarray(ED25519_SPKI.length);
}

/** Parses a public key. Throws `LogError` `LOG_MALFORMED` for one of another algorithm. */
export function readPublicKey(algorithm: CheckpointAlgorithm, spki: Uint8Array): KeyObject {
  const key = readSpki(spki);
  if (!isOfAlgorithm(key, algorithm)) throw malformed(`Not a public key for ${algorithm}`);
  return key;
}

/** Formats a note. The text must end with a line feed. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${formatSignatures(signatures)}`;
}

/** Formats signature lines. */
export function formatSignatures(signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, id, signature }) => {
    const bytes = Buffer.concat([Buffer.from(id, 'hex'), signature]);
    return `\u2014 ${name} ${bytes.toString('base64')}\n`;
  });
  return lines.join('');
}

/** Parses a note. Throws `LogError` `LOG_MALFORMED`. Verifies no signature. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE_BYTES) throw malformed(`A note must have at most ${MAX_NOTE_BYTES} bytes`);
  const note = readUtf8(bytes);
  // oxlint-disable-next-line no-control-regex -- those are the characters a note must not have
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw malformed('A note must not have control characters');
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) throw malformed('A note must have a text, an empty line and signature lines');
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0) throw malformed('A note must have at least one signature');
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/**
 * Verifies the signatures of the given keys. `valid`: keys with a valid signature. `wrong`: keys with an invalid one.
 * Ignores others.
 */
export function verifyNote(
  { text, signatures }: Note,
  keys: readonly NoteKey[],
): { readonly valid: readonly NoteKey[]; readonly wrong: readonly NoteKey[] } {
  const message = Buffer.from(text);
  const valid: NoteKey[] = [];
  const wrong: NoteKey[] = [];
  for (const { name, id, signature } of signatures) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (key !== undefined) (holds(key, message, signature) ? valid : wrong).push(key);
  }
  return { valid, wrong };
}

/** Verifies one signature: ECDSA signs the SHA-256, Ed25519 the message itself. */
function holds({ algorithm, publicKey }: NoteKey, message: Uint8Array, signature: Uint8Array): boolean {
  return verifySignature(algorithm === 'ed25519' ? null : 'sha256', message, publicKey, signature);
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  if (name === undefined || bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== encoded) {
    throw malformed('A signature line must be an em dash, a key name, and the base64 of a key id and a signature');
  }
  return {
    name,
    id: bytes.subarray(0, KEY_ID_BYTES).toString('hex'),
    signature: bytes.subarray(KEY_ID_BYTES),
  };
}

export function readUtf8(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (!sameBytes(Buffer.from(text), bytes)) throw malformed('Not UTF-8');
  return text;
}

function readSpki(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    throw malformed('Not a public key');
  }
}

function isOfAlgorithm(key: KeyObject, algorithm: CheckpointAlgorithm): boolean {
  if (algorithm === 'ed25519') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

export function isKeyName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- those are the characters a note must not have
  return name !== '' && !/[\s+\u0000-\u001f]/u.test(name);
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
