// C2SP signed-note: a text with signatures of named keys.
import { concat, fromBase64, fromHex, sameBytes, textOf, toBase64, toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/digests.ts';
import { ecdsaFromDer, isPublicKey, verifySignature } from '../crypto/verify-signature.ts';
import { LogError } from './errors.ts';
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
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
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
const ED25519_SPKI = fromHex('302a300506032b6570032100');
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
  if (!isPublicKey({ algorithm, spki })) throw malformed(`Not a public key for ${algorithm}`);
  const type = TYPES[algorithm];
  const named = algorithm === 'ed25519' ? nameKey(name, type, rawEd25519(spki)) : nameKey(name, type, spki, spki);
  return { ...named, algorithm, spki };
}

/**
 * Names a key of a signature type. Its id is the start of the SHA-256 of `identified`, by default name ‖ 0x0A ‖ type ‖
 * material. Throws `LogError` `LOG_MALFORMED` for a name that no signature line can have.
 */
export function nameKey(name: string, type: number, material: Uint8Array, identified?: Uint8Array): KeyName {
  if (!isKeyName(name)) throw malformed('A key name must not be empty or have spaces, pluses or control characters');
  const typed = concat([Uint8Array.of(type), material]);
  const id = toHex(sha256(identified ?? concat([utf8(`${name}\n`), typed])).subarray(0, KEY_ID_BYTES));
  return { name, id, verifierKey: `${name}+${id}+${toBase64(typed)}` };
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
  const bytes = fromBase64(encoded) ?? new Uint8Array(0);
  return { name, type: bytes[0], material: bytes.subarray(1) };
}

/** Returns the SubjectPublicKeyInfo of the 32 bytes of an Ed25519 key. */
export function ed25519Spki(material: Uint8Array): Uint8Array {
  return concat([ED25519_SPKI, material]);
}

/** Returns the 32 bytes of an Ed25519 key. */
export function rawEd25519(spki: Uint8Array): Uint8Array {
  return spki.subarray(ED25519_SPKI.length);
}

/** Formats a note. The text must end with a line feed. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${formatSignatures(signatures)}`;
}

/** Formats signature lines. */
export function formatSignatures(signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ name, id, signature }) => {
    return `\u2014 ${name} ${toBase64(concat([fromHex(id), signature]))}\n`;
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
export async function verifyNote(
  { text, signatures }: Note,
  keys: readonly NoteKey[],
): Promise<{ readonly valid: readonly NoteKey[]; readonly wrong: readonly NoteKey[] }> {
  const message = utf8(text);
  const valid: NoteKey[] = [];
  const wrong: NoteKey[] = [];
  for (const { name, id, signature } of signatures) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (key !== undefined) ((await holds(key, message, signature)) ? valid : wrong).push(key);
  }
  return { valid, wrong };
}

/** Verifies one signature, which is DER for ECDSA. */
async function holds(key: NoteKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const raw = key.algorithm === 'ed25519' ? signature : ecdsaFromDer(signature);
  return raw !== undefined && (await verifySignature(key, message, raw));
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const bytes = fromBase64(encoded ?? '');
  if (name === undefined || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw malformed('A signature line must be an em dash, a key name, and the base64 of a key id and a signature');
  }
  return {
    name,
    id: toHex(bytes.subarray(0, KEY_ID_BYTES)),
    signature: bytes.subarray(KEY_ID_BYTES),
  };
}

export function readUtf8(bytes: Uint8Array): string {
  const text = textOf(bytes);
  if (!sameBytes(utf8(text), bytes)) throw malformed('Not UTF-8');
  return text;
}

export function isKeyName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- those are the characters a note must not have
  return name !== '' && !/[\s+\u0000-\u001f]/u.test(name);
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
