/** Returns the code point at `at`. A surrogate stands for itself if its other half is absent or lies beyond `to`. */
export function codePointAt(units: Uint16Array, at: number, to: number): number {
  const unit = units[at]!;
  return isPair(units, at, to) ? 0x10000 + ((unit & 0x3ff) << 10) + (units[at + 1]! & 0x3ff) : unit;
}

/** Tells whether a surrogate pair begins at `at` and lies before `to`. */
export function isPair(units: Uint16Array, at: number, to: number): boolean {
  return (units[at]! & 0xfc00) === 0xd800 && at + 1 < to && (units[at + 1]! & 0xfc00) === 0xdc00;
}

/**
 * Remembers what `factOf` says of a code point, a number from 0 to 254: to ask for a property of Unicode takes ten times as long. Code points
 * beyond the first 65,536 are asked for each time.
 */
export function remembered(factOf: (point: number) => number): (point: number) => number {
  /** The facts plus 1, of those asked for so far. */
  const known = new Uint8Array(0x1_0000);
  return (point) => {
    const fact = known[point] ?? 0;
    if (fact > 0) return fact - 1;
    const found = factOf(point);
    known[point] = found + 1;
    return found;
  };
}

/** Writes a code point to `out[at]`, and perhaps one unit more. Returns the position behind it. */
export function writePoint(out: Uint16Array, at: number, point: number): number {
  if (point <= 0xffff) {
    out[at] = point;
    return at + 1;
  }
  out[at] = 0xd7c0 + (point >>> 10);
  out[at + 1] = 0xdc00 | (point & 0x3ff);
  return at + 2;
}
