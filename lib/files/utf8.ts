// UTF-8 bytes of files to and from the UTF-16 units of columns, value by value, without a string.

const INVALID = -1;

/**
 * Decodes bytes `from … to` into `units[n …]`, which has room for as many units. Returns the new end, or -1 for bytes that are not
 * UTF-8 (RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF).
 */
export function decodeUtf8(bytes: Uint8Array, from: number, to: number, units: Uint16Array, n: number): number {
  let out = n;
  let at = from;
  while (at < to) {
    const byte = bytes[at++]!;
    if (byte < 0x80) {
      units[out++] = byte;
      continue;
    }
    const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4 || at + more > to) return INVALID;
    let point = byte & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = bytes[at++]!;
      if ((next & 0xc0) !== 0x80) return INVALID;
      point = (point << 6) | (next & 0x3f);
    }
    if (more === 1) {
      units[out++] = point;
    } else if (more === 2) {
      if (point < 0x800 || (point & 0xf800) === 0xd800) return INVALID;
      units[out++] = point;
    } else {
      if (point < 0x10000 || point > 0x10ffff) return INVALID;
      units[out++] = 0xd7c0 + (point >>> 10);
      units[out++] = 0xdc00 | (point & 0x3ff);
    }
  }
  return out;
}

/** UTF-8 has at most so many bytes for each UTF-16 unit. */
export const MOST_BYTES_OF_UNIT = 3;

/** Writes units `from … to` to `out[at …]`, which has room. Returns the new end. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(units: Uint16Array, from: number, to: number, out: Uint8Array, at: number): number {
  let end = at;
  for (let i = from; i < to; i++) {
    const unit = units[i]!;
    if (unit < 0x80) {
      out[end++] = unit;
    } else if (unit < 0x800) {
      out[end++] = 0xc0 | (unit >>> 6);
      out[end++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xfc00) === 0xd800 && i + 1 < to && (units[i + 1]! & 0xfc00) === 0xdc00) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (units[++i]! & 0x3ff);
      out[end++] = 0xf0 | (point >>> 18);
      out[end++] = 0x80 | ((point >>> 12) & 0x3f);
      out[end++] = 0x80 | ((point >>> 6) & 0x3f);
      out[end++] = 0x80 | (point & 0x3f);
    } else {
      const whole = (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
      out[end++] = 0xe0 | (whole >>> 12);
      out[end++] = 0x80 | ((whole >>> 6) & 0x3f);
      out[end++] = 0x80 | (whole & 0x3f);
    }
  }
  return end;
}
