// What the elements of a policy do with the root keys, as commands show it.
import { type RootKeyUse, someOf } from '../../../lib/policy/key-use.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print, say } from '../output/text.ts';

const WIDTH = 100;

/** Prints root keys and their uses as a table. */
export function printKeyUse(io: Io, uses: readonly RootKeyUse[]): void {
  const rows = uses.map(({ version, state, protects, reads, digests }) => [
    String(version),
    state,
    someOf([...protects, ...digests]),
    someOf(reads),
  ]);
  print(io, table(io.stdout, ['root key', 'state', 'protects', 'still reads'], rows, WIDTH));
}

/** Says what a compromised root key leaves to do, and what stays readable. */
export function sayWhatRemains(io: Io, { version, protects, reads, digests }: RootKeyUse): void {
  if (protects.length > 0) say(io, `  to rotate, "protector policy rotate --all": ${someOf(protects)}`);
  if (digests.length > 0) say(io, `  digests cannot be rotated; add new elements in place of: ${someOf(digests)}`);
  const readable = [...protects.map((name) => `${name}@${version}`), ...reads];
  if (readable.length > 0) say(io, `  stay readable until their columns are moved: ${someOf(readable)}`);
  if (protects.length + reads.length + digests.length === 0) say(io, '  no element uses it');
}
