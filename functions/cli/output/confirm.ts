import type { Io } from '../core/io.ts';
import { say } from './text.ts';

/**
 * Asks before something that cannot be undone. Resolves to true without a person at the terminal, and where the caller has said
 * yes; otherwise to the answer, and says that nothing was changed where it is no.
 */
export async function confirmed(io: Io, question: string, yes: boolean): Promise<boolean> {
  if (yes || io.ask === undefined || (await io.ask(question))) return true;
  say(io, 'Nothing is changed.');
  return false;
}
