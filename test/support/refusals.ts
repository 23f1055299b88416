import { readFileSync } from 'node:fs';
import type { RefusalCode } from '../../lib/protect/refusal.ts';

interface RefusalVector {
  readonly code: RefusalCode;
  readonly auditCode: number;
  /** Absent where the product has its own words. In a text with a word of the request, that word is `Basic`. */
  readonly text?: string;
}

/** The refusals, with the texts by which public clients classify them. */
export function refusals(): readonly RefusalVector[] {
  return JSON.parse(
    readFileSync(new URL('../vectors/audit/refusals.json', import.meta.url), 'utf8'),
  ) as RefusalVector[];
}
