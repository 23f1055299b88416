import { SourceError } from '../../../lib/document/source-error.ts';
import { type SourceFormat, sourceFormat } from '../../../lib/document/source.ts';
import { CliError } from '../core/exit.ts';

/** Returns the edited text of a file. Throws `CliError` where the text cannot be edited: it says what a person has to write. */
export function editedText(file: string, needed: unknown, edit: (format: SourceFormat) => string): string {
  try {
    return edit(sourceFormat(file));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CliError('CLI_USAGE', `${file}: ${error.message}; it needs ${JSON.stringify(needed)}`);
  }
}
