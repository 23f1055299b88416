// COSE Receipts (RFC 9942) of inclusion in a tree of RFC 9162: a COSE_Sign1 (RFC 9052) whose payload, the root, is
// detached, so that a verifier must compute it from the entry.
import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import { attempt } from '../base/attempt.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { ecdsaFromDer, verifySignature } from '../crypto/verify-signature.ts';
import { LogError } from './errors.ts';
import { type KeyInUse, outsideUse } from './findings.ts';
import { HASH_BYTES, leafHash } from './hashes.ts';
import type { NoteKey } from './note.ts';
import type { CheckpointAlgorithm, CheckpointSigner } from './ports.ts';
import { rootOfInclusion } from './proofs.ts';
import type { ProofFault } from './tlog-proof.ts';

export interface Receipt {
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  /** From the leaf's sibling up. */
  readonly hashes: readonly Uint8Array[];
  /** Origin of the log: the issuer. */
  readonly origin: string;
  /** When the receipt was signed, epoch seconds. */
  readonly time: number;
  /** The entry itself, whose hash the proof confirms: our receipts carry it. */
  readonly entry?: Uint8Array;
}

/** A receipt as it was read. */
interface SignedReceipt extends Receipt {
  readonly algorithm: CheckpointAlgorithm;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  /** The signed header, byte for byte. */
  readonly header: Uint8Array;
  readonly signature: Uint8Array;
}

/** COSE header parameters, and members of the CWT claims among them (RFC 9597, RFC 8392). */
const ALG = 1;
const KID = 4;
const CWT_CLAIMS = 15;
const ISSUER = 1;
const ISSUED_AT = 6;
/** Verifiable data structure, and its proofs. */
const VDS = 395;
const VDP = 396;
const RFC9162_SHA256 = 1;
const INCLUSION = -1;
/** Our own: the entry. Unprotected, since the inclusion proof confirms it. */
const ENTRY = 'entry';

const COSE_SIGN1 = 18;
/** EdDSA, and ECDSA with SHA-256. */
const ALGORITHMS: Readonly<Record<CheckpointAlgorithm, number>> = { ed25519: -8, 'ecdsa-p256': -7 };

const STRICT = {
  allowIndefinite: false,
  allowUndefined: false,
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  tags: Tagged.preserve(COSE_SIGN1),
} as const;

/** Far above a receipt with the largest entry. */
const MAX_RECEIPT_BYTES = 128 * 1024;

/**
 * Signs a receipt with the key of the log; `root` is that of the tree. No signature of a receipt can pass for one of a
 * checkpoint: its bytes begin with 0x84, and a checkpoint is UTF-8. Rejects as the signer does.
 */
export async function signReceipt(
  { index, size, hashes, origin, time, entry }: Receipt,
  root: Uint8Array,
  signer: CheckpointSigner,
  key: NoteKey,
): Promise<Uint8Array> {
  const { algorithm } = key;
  const header = cbor(
    new Map<number, unknown>([
      [ALG, ALGORITHMS[algorithm]],
      [KID, fromHex(key.id)],
      [
        CWT_CLAIMS,
        new Map<number, unknown>([
          [ISSUER, origin],
          [ISSUED_AT, time],
        ]),
      ],
      [VDS, RFC9162_SHA256],
    ]),
  );
  const proof = cbor([size, index, hashes]);
  const unprotected = new Map<number | string, unknown>([[VDP, new Map([[INCLUSION, [proof]]])]]);
  if (entry !== undefined) unprotected.set(ENTRY, entry);
  const signed = await signer.sign(signatureInput(header, root));
  const signature = algorithm === 'ed25519' ? signed : ecdsaFromDer(signed);
  if (signature === undefined) throw new LogError('LOG_SIGNER_REFUSED', 'The signer gave no ECDSA signature in DER');
  return cbor(new Tagged(COSE_SIGN1, [header, unprotected, null, signature]));
}

/** Parses a receipt of inclusion with one proof. Throws `LogError` `LOG_MALFORMED`. Verifies nothing. */
export function parseReceipt(bytes: Uint8Array): SignedReceipt {
  if (bytes.length > MAX_RECEIPT_BYTES) throw malformed(`it has more than ${MAX_RECEIPT_BYTES} bytes`);
  const tagged = decoded(bytes);
  const [header, unprotected, payload, signature, ...more] = tagged instanceof Tagged ? arrayOf(tagged.value) : [];
  if (!isBytes(header) || !isMap(unprotected) || payload !== null || !isBytes(signature) || more.length > 0) {
    throw malformed('it must be a COSE_Sign1 with a detached payload');
  }
  const signed = mapOf(decoded(header));
  const algorithm = (Object.keys(ALGORITHMS) as CheckpointAlgorithm[]).find(
    (each) => ALGORITHMS[each] === signed.get(ALG),
  );
  const [keyId, claims] = [signed.get(KID), mapOf(signed.get(CWT_CLAIMS))];
  const [origin, time] = [claims.get(ISSUER), claims.get(ISSUED_AT)];
  if (algorithm === undefined || signed.get(VDS) !== RFC9162_SHA256) {
    throw malformed('its header must name EdDSA or ES256, and RFC9162_SHA256');
  }
  if (!isBytes(keyId) || typeof origin !== 'string' || !isCount(time)) {
    throw malformed('its header must name key, issuer and time');
  }
  const [proof, ...others] = arrayOf(mapOf(unprotected.get(VDP)).get(INCLUSION));
  const [size, index, hashes, ...rest] = isBytes(proof) ? arrayOf(decoded(proof)) : [];
  const path = arrayOf(hashes);
  if (!isCount(size) || !isCount(index) || !path.every(isHash) || others.length + rest.length > 0) {
    throw malformed('it must have one inclusion proof');
  }
  const entry = unprotected.get(ENTRY);
  return {
    index,
    size,
    hashes: path,
    origin,
    time,
    ...(isBytes(entry) && { entry }),
    algorithm,
    keyId: toHex(keyId),
    header,
    signature,
  };
}

/** Verifies that the log of one of `keys` contains `entry`. Resolves to undefined when the receipt holds. */
export async function verifyReceipt(
  { algorithm, keyId, origin, time, header, signature, ...proof }: SignedReceipt,
  entry: Uint8Array,
  keys: readonly KeyInUse[],
): Promise<ProofFault | undefined> {
  const isOf = ({ key }: KeyInUse): boolean => key.name === origin && key.id === keyId && key.algorithm === algorithm;
  const uses = keys.filter(isOf);
  const [use] = uses;
  if (use === undefined) return { kind: 'unknown-key', detail: 'None of the given keys signed the receipt' };
  const root = rootOfInclusion(leafHash(entry), proof.index, proof.size, proof.hashes);
  if (root === undefined) return { kind: 'modified', detail: 'The path has another length than the tree asks for' };
  if (!(await verifySignature(use.key, signatureInput(header, root), signature))) {
    return { kind: 'modified', detail: 'The signature does not match header, proof and record' };
  }
  const outside = uses.map((each) => outsideUse(time, each));
  return outside.includes(undefined) ? undefined : { kind: 'unknown-key', detail: outside[0]! };
}

/** Sig_structure (RFC 9052 §4.4), without external data. */
function signatureInput(header: Uint8Array, root: Uint8Array): Uint8Array {
  return cbor(['Signature1', header, new Uint8Array(0), root]);
}

/** Writes deterministic CBOR (RFC 8949 §4.2.1). */
function cbor(value: unknown): Uint8Array {
  return encode(value, rfc8949EncodeOptions);
}

function decoded(bytes: Uint8Array): unknown {
  const value = attempt((): unknown => decode(bytes, STRICT));
  if (value.ok) return value.value;
  throw malformed('it is no CBOR of definite length');
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
const isHash = (value: unknown): value is Uint8Array => isBytes(value) && value.length === HASH_BYTES;
const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> => value instanceof Map;
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapOf(value: unknown): ReadonlyMap<unknown, unknown> {
  return isMap(value) ? value : new Map();
}

function malformed(why: string): LogError {
  return new LogError('LOG_MALFORMED', `Not a receipt: ${why}`);
}
