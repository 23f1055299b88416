// Files that people write, in JSON or YAML.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import { SourceError } from '../../../lib/document/source-error.ts';
import { readSource, type Source, sourceFormat } from '../../../lib/document/source.ts';
import { CliError } from '../core/exit.ts';

/** Returns the path of `x.json`, or of `x.yaml` or `x.yml` in its place. Throws `CliError` where there are several. */
export function jsonOrYaml(json: string): string {
  const there = ['.json', '.yaml', '.yml'].map((ending) => json.replace(/\.json$/, ending)).filter(existsSync);
  if (there.length > 1) {
    throw new CliError('CLI_USAGE', `${there.join(' and ')} are both there: keep the one that counts`);
  }
  return there[0] ?? json;
}

/** Reads a file. Rejects with `CliError` when it is missing, or neither JSON nor YAML. */
export async function readDocument(path: string): Promise<Source> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
  try {
    return readSource(text, sourceFormat(path));
  } catch (error) {
    if (error instanceof SourceError) throw new CliError('CLI_USAGE', `${path}: ${error.message}`);
    throw error;
  }
}

/** Calls `parse`, and adds the lines of the problems to what it throws. */
export function located<T>(source: Source, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw source.locate(error);
  }
}
