// What can happen to the files of a trail: each is deleted, emptied, swapped and aged, one at a time and in pairs.
import type { Objects } from './tamper.ts';

/** Something that happens to files, and its name. */
export interface Mishap {
  readonly name: string;
  readonly happen: (files: Objects) => void;
}

/** All that can happen to one file. `earlier`: the files as they once were. `swaps`: with how many others it is swapped. */
export function mishapsOf(path: string, files: Objects, earlier: Objects, swaps = Infinity): readonly Mishap[] {
  const aged = earlier.get(path);
  const others = [...files.keys()].filter((other) => other > path).slice(0, swaps);
  return [
    { name: `delete ${path}`, happen: (now) => void now.delete(path) },
    { name: `empty ${path}`, happen: (now) => void now.set(path, new Uint8Array()) },
    ...(aged === undefined ? [] : [{ name: `age ${path}`, happen: (now: Objects) => void now.set(path, aged) }]),
    ...others.map((other) => ({ name: `swap ${path} and ${other}`, happen: (now: Objects) => swap(now, path, other) })),
  ];
}

function swap(files: Objects, one: string, other: string): void {
  const [a, b] = [files.get(one), files.get(other)];
  if (b === undefined) files.delete(one);
  else files.set(one, b);
  if (a === undefined) files.delete(other);
  else files.set(other, a);
}

/** Returns the files after mishaps. */
export function after(files: Objects, mishaps: readonly Mishap[]): Objects {
  const now: Objects = new Map(files);
  for (const { happen } of mishaps) happen(now);
  return now;
}

/** Tells whether the same files hold the same bytes, apart from those that are no evidence. */
export function sameEvidence(one: Objects, other: Objects, isEvidence: (path: string) => boolean): boolean {
  const paths = [...new Set([...one.keys(), ...other.keys()])].filter(isEvidence);
  return paths.every((path) => {
    const [a, b] = [one.get(path), other.get(path)];
    return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
  });
}

/** Returns all pairs of files that are deleted, emptied and aged. */
export function pairsOf(files: Objects, earlier: Objects): readonly (readonly [Mishap, Mishap])[] {
  const paths = [...files.keys()];
  return paths.flatMap((one, i) =>
    paths
      .slice(i + 1)
      .flatMap((other) =>
        mishapsOf(one, files, earlier, 0).flatMap((first) =>
          mishapsOf(other, files, earlier, 0).map((second) => [first, second] as const),
        ),
      ),
  );
}

/** Samples pairs of mishaps: each file is in `perFile` of them at least. The same in every run. */
export function sampledPairs(
  files: Objects,
  mishapsFor: (path: string) => readonly Mishap[],
  perFile: number,
): readonly (readonly [Mishap, Mishap])[] {
  const random = mulberry32(1);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const paths = [...files.keys()];
  return paths.flatMap((path) =>
    Array.from({ length: perFile }, () => [pick(mishapsFor(path)), pick(mishapsFor(pick(paths)))] as const),
  );
}

/** A small seeded generator of numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
