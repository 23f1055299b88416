// Signatures by Web Crypto, which Node and browsers have: Ed25519 (RFC 8032), ECDSA over P-256 with SHA-256 (FIPS 186-5).
import { fromHex, sameBytes } from '../base/bytes.ts';

/** A public key: SubjectPublicKeyInfo in DER. */
export interface SignatureKey {
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  readonly spki: Uint8Array;
}

const ALGORITHMS = {
  ed25519: { import: { name: 'Ed25519' }, verify: { name: 'Ed25519' } },
  'ecdsa-p256': { import: { name: 'ECDSA', namedCurve: 'P-256' }, verify: { name: 'ECDSA', hash: 'SHA-256' } },
} as const;

/** What comes before the key's bytes, and how many those are (RFC 8410 §4; RFC 5480 §2, a point that is not compressed). */
const SPKI = {
  ed25519: { prefix: fromHex('302a300506032b6570032100'), keyBytes: 32 },
  'ecdsa-p256': { prefix: fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004'), keyBytes: 64 },
} as const;

/** Tells whether the bytes have the form of a public key of the algorithm. */
export function isPublicKey({ algorithm, spki }: SignatureKey): boolean {
  const { prefix, keyBytes } = SPKI[algorithm];
  return spki.length === prefix.length + keyBytes && sameBytes(spki.subarray(0, prefix.length), prefix);
}

/** Keys by their bytes: a log has thousands of checkpoints under one key. */
const imported = new WeakMap<Uint8Array, Awaited<ReturnType<typeof crypto.subtle.importKey>>>();

/** Bytes of each of the two numbers of an ECDSA signature. */
const P256_BYTES = 32;

/**
 * Verifies a signature of 64 bytes over `message` itself: R ‖ S of Ed25519, r ‖ s of ECDSA. False also for a key that
 * is no point of its curve.
 */
export async function verifySignature(
  { algorithm, spki }: SignatureKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { import: form, verify } = ALGORITHMS[algorithm];
  try {
    const known = imported.get(spki);
    const key = await (known ?? crypto.subtle.importKey('spki', Uint8Array.from(spki), form, false, ['verify']));
    if (known === undefined) imported.set(spki, key);
    return await crypto.subtle.verify(verify, key, Uint8Array.from(signature), Uint8Array.from(message));
  } catch {
    return false;
  }
}

/**
 * Converts an ECDSA signature over P-256 from DER (RFC 3279 §2.2.3: a sequence of two integers) to r ‖ s; undefined for
 * bytes of another form.
 */
export function ecdsaFromDer(der: Uint8Array): Uint8Array | undefined {
  const raw = new Uint8Array(2 * P256_BYTES);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  let at = 2;
  for (const end of [P256_BYTES, 2 * P256_BYTES]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const isMinimal = number[0] !== 0 || (number.length > 1 && number[1]! >= 0x80);
    if (der[at] !== 0x02 || number.length !== length || length === 0 || number[0]! >= 0x80 || !isMinimal) {
      return undefined;
    }
    const digits = number.subarray(number[0] === 0 ? 1 : 0);
    if (digits.length > P256_BYTES) return undefined;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? raw : undefined;
}
