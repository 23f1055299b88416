import { catalogue } from '../../../lib/protect/methods/catalogue.ts';
import { print, table } from '../output.ts';

/** `protector methods`: every element type that a policy may have. */
export function methods(options: { json?: boolean }): void {
  const entries = catalogue();
  if (options.json === true) return print(JSON.stringify(entries));
  const rows = entries.map(({ method, type, alphabet, lengths, example, token }) => [
    method,
    type,
    alphabet,
    lengths,
    `${example} → ${token}`,
  ]);
  print(table(['method', 'type', 'alphabet', 'lengths', 'example'], rows, 60));
}
