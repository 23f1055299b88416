import { createReadStream } from 'node:fs';
import { errorCode } from '../../lib/base/error-code.ts';
import { CliError } from './failure.ts';

/** The lines of a file, cut at line feeds only: `node:readline` would also cut at U+2028, which JSON text may hold. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
  if (rest !== '') yield rest;
}
