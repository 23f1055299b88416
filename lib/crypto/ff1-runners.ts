// FF1's rounds in JavaScript, for each size of half.

import type { Ff1Domain } from './ff1-domain.ts';
import { runLong } from './ff1-long.ts';
import { isMedium, runMedium } from './ff1-medium.ts';
import { runNarrow } from './ff1-narrow.ts';
import { runWide } from './ff1-wide.ts';

/** Slicing pays off in JavaScript for halves of up to 512 bits, at least 64 characters of any alphabet. */
const WIDE_BYTES = 64;

/** Picks the rounds by the size of a half. All of them give the same result, those for smaller halves faster. */
export function runnerOf(domain: Ff1Domain): typeof runNarrow {
  if (domain.rightSize > 0) return runNarrow;
  if (isMedium(domain)) return runMedium;
  return domain.b <= WIDE_BYTES ? runWide : runLong;
}
