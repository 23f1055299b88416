// ULID (github.com/ulid/spec): 48 bits of time and 80 random bits in 26 characters that sort by creation.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 10;

export interface UlidSource {
  readonly nowMs: () => number;
  /** A cryptographic source of bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Returns a generator of ULIDs that only grow. Within a millisecond, and while a clock that was set back catches up,
 * the random part is incremented, as the specification says for monotonic ULIDs; on overflow, the time is incremented
 * instead.
 */
export function ulids({ nowMs, random }: UlidSource): () => string {
  let timeMs = -1;
  let tail = 0n;
  const fresh = (): bigint => BigInt(`0x${Buffer.from(random(RANDOM_BYTES)).toString('hex')}`);
  return () => {
    const now = Math.floor(nowMs());
    if (now > timeMs) {
      timeMs = now;
      tail = fresh();
    } else if (++tail >> 80n > 0n) {
      timeMs += 1;
      tail = fresh();
    }
    return encode(BigInt(timeMs), TIME_CHARACTERS) + encode(tail, 16);
  };
}

/** Crockford's base 32, most significant character first. */
function encode(value: bigint, characters: number): string {
  let text = '';
  for (let left = value; text.length < characters; left >>= 5n) text = ALPHABET[Number(left & 31n)]! + text;
  return text;
}
