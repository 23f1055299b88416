import type { LivedSpan } from '../../../lib/publication/history.ts';
import { type Agent, askAgent } from '../agent/ask.ts';
import { spanFacts } from '../agent/lived-policy.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { count, print, printJson } from '../output/text.ts';

/** Prints what was live in a deployment, oldest first. */
export async function printHistory(agent: Agent, json: boolean, io: Io): Promise<ExitCode> {
  const { entries } = await askAgent(agent, 'found', (ask) => ask({ action: 'history' }, 'history'));
  if (json) printJson(io, entries.map(spanFacts));
  else if (entries.length === 0) print(io, 'Nothing was published since this deployment keeps its history.');
  else print(io, table(io.stdout, ['version', 'from', 'until', 'signed by', 'approved by', 'tests'], entries.map(row)));
  return EXIT.ok;
}

function row(span: LivedSpan): string[] {
  const { version, author = '', approver = '', tested } = span;
  const { from, until = 'now' } = spanFacts(span);
  return [String(version), from, until, author, approver, tested === undefined ? '' : count(tested)];
}
