import { alphabetCodePoints } from '../../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, isStableAlphabet } from '../../../lib/policy/builtin-alphabets.ts';
import { catalogue } from '../../../lib/protect/methods/catalogue.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { count, print, printJson } from '../output/text.ts';

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

/** Lists the alphabets that every policy may name, with how many symbols each has. */
export function listAlphabets(json: boolean, io: Io): ExitCode {
  const entries = builtInAlphabetNames.map((name) => ({
    alphabet: name,
    symbols: alphabetCodePoints(name, []).length,
    stable: isStableAlphabet(name),
  }));
  if (json) printJson(io, entries);
  else {
    const rows = entries.map(({ alphabet, symbols, stable }) => [
      alphabet,
      count(symbols),
      stable ? 'stable in NFC' : '',
    ]);
    print(io, table(io.stdout, ['alphabet', 'symbols', 'tokens'], rows));
  }
  return EXIT.ok;
}
