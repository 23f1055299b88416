import type { ChangedPolicy } from './edit-policy.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printChanges } from '../output/changes.ts';
import { done, print, printJson, say } from '../output/text.ts';

interface How {
  readonly json: boolean;
  /** Members of the JSON beside file and changes. */
  readonly facts?: object;
  /** What to do now. */
  readonly next?: string;
}

/** Says how a command changed the policy file. */
export function reportChange(io: Io, { file, changes }: ChangedPolicy, { json, facts, next }: How): ExitCode {
  if (json) {
    printJson(io, { file, ...facts, changes });
    return EXIT.ok;
  }
  print(io, done(io, changes.length === 0 ? `${file}: nothing to change` : file));
  printChanges(io, changes);
  if (changes.length > 0) say(io, `  next: ${next ?? '"protector policy seal" puts it in force'}`);
  return EXIT.ok;
}
