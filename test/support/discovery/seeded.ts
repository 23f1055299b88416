import type { Below } from './national-numbers.ts';

/** Returns random numbers that are the same for the same seed (D. Lehmer's generator, modulus 2^31 - 1). */
export function seeded(seed: number): Below {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
