// Mixed radix with BigInt, in a time that grows slower than the square of the length: neighbours are joined pairwise, then
// pairs pairwise, so that BigInt multiplies and divides numbers of equal size.

/** The products of neighbours: level 0 has the given sizes, each further level half as many, and the last level one. */
export type ProductTree = readonly (readonly bigint[])[];

/** Multiplies sizes, of which there is at least one, pairwise. */
export function productTree(sizes: readonly bigint[]): ProductTree {
  const levels = [sizes];
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!;
    levels.push(pairwise(below, (first, i) => first * (below[i + 1] ?? 1n)));
  }
  return levels;
}

/** Returns the number whose digits, the most significant first, have the sizes of the tree. */
export function joined(tree: ProductTree, digits: readonly bigint[]): bigint {
  let parts = digits;
  for (let level = 0; parts.length > 1; level++) {
    const [below, sizes] = [parts, tree[level]!];
    parts = pairwise(below, (high, i) => (i + 1 < below.length ? high * sizes[i + 1]! + below[i + 1]! : high));
  }
  return parts[0]!;
}

/** Undoes `joined`. */
export function split(tree: ProductTree, number: bigint): readonly bigint[] {
  let parts: readonly bigint[] = [number];
  for (let level = tree.length - 2; level >= 0; level--) {
    const sizes = tree[level]!;
    const digits: bigint[] = [];
    for (let pair = 0; pair < parts.length; pair++) {
      const size = sizes[2 * pair + 1];
      const high = size === undefined ? parts[pair]! : parts[pair]! / size;
      digits.push(high);
      if (size !== undefined) digits.push(parts[pair]! - high * size);
    }
    parts = digits;
  }
  return parts;
}

function pairwise(from: readonly bigint[], join: (first: bigint, i: number) => bigint): bigint[] {
  const pairs: bigint[] = [];
  for (let i = 0; i < from.length; i += 2) pairs.push(join(from[i]!, i));
  return pairs;
}
