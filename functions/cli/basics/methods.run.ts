import { catalogue } from '../../../lib/protect/methods/catalogue.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print } from '../output/text.ts';

/** Lists every element type that a policy may have. */
export function listMethods(json: boolean, io: Io): ExitCode {
  const entries = catalogue();
  const rows = entries.map(({ method, type, alphabet, lengths, characters, bytes, example, token }) => [
    method,
    type,
    alphabet,
    lengths,
    characters,
    bytes,
    `${example} → ${token}`,
  ]);
  const head = ['method', 'type', 'alphabet', 'lengths', 'characters', 'bytes', 'example'];
  print(io, json ? JSON.stringify(entries) : table(io.stdout, head, rows, 60));
  return EXIT.ok;
}
