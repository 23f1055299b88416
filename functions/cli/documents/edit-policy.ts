import { SourceError } from '../../../lib/document/source-error.ts';
import { sourceFormat } from '../../../lib/document/source.ts';
import { editElement } from '../../../lib/policy/edit-source.ts';
import { CliError } from '../core/exit.ts';

/** Returns the text of a policy file with members of an element changed. Throws `CliError` where the text cannot be edited. */
export function editedPolicy(
  file: string,
  text: string,
  index: number,
  members: Parameters<typeof editElement>[3],
): string {
  try {
    return editElement(text, sourceFormat(file), index, members);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CliError('CLI_USAGE', `${file}: ${error.message}; it needs ${JSON.stringify(members)}`);
  }
}
