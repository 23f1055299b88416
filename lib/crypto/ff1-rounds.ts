// The two engines that run FF1's rounds: WebAssembly, and JavaScript where there is none. Their results are equal.

import type { BlockCipher } from './aes-blocks.ts';
import type { Ff1Domain } from './ff1-domain.ts';
import { hasKernel } from './ff1-kernel-shape.ts';
import { type Kernels, kernels } from './ff1-kernels.ts';
import { allBelow, type Ff1Group, runLockstep } from './ff1-lockstep.ts';
import { runLong } from './ff1-long.ts';
import { isMedium, runMedium } from './ff1-medium.ts';
import { runNarrow } from './ff1-narrow.ts';
import { runWide } from './ff1-wide.ts';

export interface Ff1Rounds {
  /** Runs the ten rounds over all groups: +1 encrypts, −1 decrypts. */
  readonly run: (aes: BlockCipher, groups: readonly Ff1Group[], sign: 1 | -1) => void;
  /** Tells whether all numerals are below the radix. */
  readonly allBelow: (numerals: Uint16Array, radix: number) => boolean;
}

/** Slicing pays off in JavaScript for halves of up to 512 bits, at least 64 characters of any alphabet. */
const WIDE_BYTES = 64;

/** The rounds in JavaScript, group by group: for machines without vectors, and to check the kernels by. */
export const javascriptRounds: Ff1Rounds = {
  run: (aes, groups, sign) => {
    for (const { domain, numerals, base } of groups) runnerOf(domain)(aes, domain, numerals, base, sign);
  },
  allBelow: allBelowInSteps,
};

/** Picks the rounds by the size of a half. All of them give the same result, those for smaller halves faster. */
export function runnerOf(domain: Ff1Domain): typeof runNarrow {
  if (domain.rightSize > 0) return runNarrow;
  if (isMedium(domain)) return runMedium;
  return domain.b <= WIDE_BYTES ? runWide : runLong;
}

/** The rounds by the kernels, and in JavaScript for halves too long for them. Without kernels, all in JavaScript. */
export function roundsOf(code: Kernels | undefined): Ff1Rounds {
  if (code === undefined) return javascriptRounds;
  return {
    run: (aes, groups, sign) => {
      const taken = groups.filter(({ domain }) => hasKernel(domain));
      if (taken.length > 0) runLockstep(code, aes, taken, sign);
      if (taken.length === groups.length) return;
      const others = groups.filter(({ domain }) => !hasKernel(domain));
      javascriptRounds.run(aes, others, sign);
    },
    allBelow: (numerals, radix) => allBelow(code, numerals, radix),
  };
}

let fastest: Ff1Rounds | undefined;

/** Returns the fastest rounds of this machine. */
export function fastestRounds(): Ff1Rounds {
  fastest ??= roundsOf(kernels());
  return fastest;
}

/** Checks four numerals at a time, because one at a time takes a tenth of the time of short values. */
function allBelowInSteps(numerals: Uint16Array, radix: number): boolean {
  const most = radix - 1;
  let sign = 0;
  let i = 0;
  for (; i + 4 <= numerals.length; i += 4) {
    sign |= (most - numerals[i]!) | (most - numerals[i + 1]!) | (most - numerals[i + 2]!) | (most - numerals[i + 3]!);
  }
  for (; i < numerals.length; i++) sign |= most - numerals[i]!;
  return sign >= 0;
}
