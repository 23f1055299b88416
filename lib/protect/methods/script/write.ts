import type { KindTables } from './kinds.ts';

/** Writes the character of this rank of a kind. It takes as many units as any other of its kind. */
export function writeCharacter(
  units: Uint16Array,
  at: number,
  { points, starts }: KindTables,
  kind: number,
  rank: number,
): void {
  const point = points[starts[kind]! + rank]!;
  if (point <= 0xffff) {
    units[at] = point;
    return;
  }
  units[at] = 0xd7c0 + (point >>> 10);
  units[at + 1] = 0xdc00 | (point & 0x3ff);
}
