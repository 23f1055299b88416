// The two engines that run FF1's rounds: WebAssembly, and JavaScript where there is none. Their results are equal.

import type { BlockCipher } from './aes-blocks.ts';
import { type Kernels, kernels } from './ff1-kernels.ts';
import { allBelow, type Ff1Group, runLockstep } from './ff1-lockstep.ts';
import { runnerOf } from './ff1-runners.ts';

export interface Ff1Rounds {
  /** Runs the ten rounds over all groups: +1 encrypts, −1 decrypts. */
  readonly run: (aes: BlockCipher, groups: readonly Ff1Group[], sign: 1 | -1) => void;
  /** Tells whether all numerals are below the radix. */
  readonly allBelow: (numerals: Uint16Array, radix: number) => boolean;
}

/** The rounds in JavaScript, group by group: for machines without vectors, and to check the kernels by. */
export const javascriptRounds: Ff1Rounds = {
  run: (aes, groups, sign) => {
    for (const { domain, numerals, base } of groups) runnerOf(domain)(aes, domain, numerals, base, sign);
  },
  allBelow: (numerals, radix) => numerals.every((numeral) => numeral < radix),
};

/** The rounds by the kernels. Without kernels, all in JavaScript. */
export function roundsOf(code: Kernels | undefined): Ff1Rounds {
  if (code === undefined) return javascriptRounds;
  return {
    run: (aes, groups, sign) => runLockstep(code, aes, groups, sign),
    allBelow: (numerals, radix) => allBelow(code, numerals, radix),
  };
}

let fastest: Ff1Rounds | undefined;

/** Returns the fastest rounds of this machine. */
export function fastestRounds(): Ff1Rounds {
  fastest ??= roundsOf(kernels());
  return fastest;
}
