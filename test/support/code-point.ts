import * as fc from 'fast-check';

const SURROGATES = 0x800;
const FIRST_SURROGATE = 0xd800;

/**
 * Any code point but surrogates, as a unit of `fc.string`: what its unit `binary` draws, without the table of a million
 * texts that fast-check makes of that for shrinking (0.7 s in each suite).
 */
export const codePoint: fc.Arbitrary<string> = fc.nat({ max: 0x10ffff - SURROGATES }).map(
  (n) => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES),
  (text) => {
    if (typeof text !== 'string' || Array.from(text).length !== 1) throw new Error('Not one code point');
    const point = text.codePointAt(0)!;
    return point < FIRST_SURROGATE ? point : point - SURROGATES;
  },
);
