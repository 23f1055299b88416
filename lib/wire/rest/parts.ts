// Counts the parts of a JSON body without parsing it: one pass over its bytes that keeps nothing of them.

import { RefusedError } from '../../protect/refusal.ts';
import { MAX_REPLY_BYTES } from '../limits.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** The shortest value of a reply: `0,`. A check answers with less, and bodies of values that are texts have fewer. */
const LEAST_VALUE_BYTES = 2;
/** More values than a reply has room for, with all other members of a body. */
export const MOST_PARTS = MAX_REPLY_BYTES / LEAST_VALUE_BYTES;

/** Throws `RefusedError` `REPLY_TOO_LARGE` for a body (UTF-8) of more parts than a reply has values, whatever they hold. */
export function checkParts(bytes: Uint8Array): void {
  let parts = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === COMMA) parts++;
    else if (bytes[at] === QUOTE) {
      at++;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    }
  }
  if (parts > MOST_PARTS) throw new RefusedError('REPLY_TOO_LARGE');
}
