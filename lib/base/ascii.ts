/** Tells whether a code point is a letter of ASCII. */
export function isAsciiLetter(point: number): boolean {
  const upper = point & ~0x20;
  return upper >= 0x41 && upper <= 0x5a;
}

/** Tells whether a code point is a digit of ASCII. */
export function isAsciiDigit(point: number): boolean {
  return point >= 0x30 && point <= 0x39;
}
