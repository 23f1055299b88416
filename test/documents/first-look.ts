// The picture of README: a table in clear, as the warehouse holds it, as the analyst gets it, and a changed record that is
// caught. Everything in it is what the commands print.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../support/child.ts';
import { ROOT } from './pages.ts';
import type { Line } from './svg.ts';

export const FIRST_LOOK = 'docs/pictures/first-look.svg';

/** Tokens differ with the keys of each run: a letter or digit stands for any other. */
export function shapeOf(line: string): string {
  return line.replaceAll(/[\p{L}\p{N}]/gu, 'x');
}

/** What is shown: a comment, and the commands below it. */
const SCENES: readonly (readonly [comment: string, ...commands: string[]])[] = [
  ['# A table in clear', `npx protector query "select name, ssn, card from 'people.csv' limit 3"`],
  [
    '# The same table as a warehouse holds it',
    `npx protector query --user etl --out tokens.csv "
    select pty_protect_dename(name) as name, pty_protect_dessn(ssn) as ssn,
      pty_protect_decard(card::varchar) as card from 'people.csv'"`,
    `npx protector query "from 'tokens.csv' limit 3"`,
  ],
  [
    '# What the analyst gets',
    `npx protector query --user analyst "
    select name, pty_unprotect_dessn(ssn) as ssn, pty_unprotect_decard(card) as card
    from read_csv('tokens.csv', all_varchar = true) limit 3"`,
  ],
  [
    '# Somebody changes who looked',
    `sed -i.before 's/"policy_user":"analyst"/"policy_user":"nobody"/' .protector/audit/audit.jsonl`,
    'npx protector audit verify',
  ],
];

/** Runs the scenes in a new workspace with the policy of examples/people; resolves to the lines of the terminal. */
export async function firstLook(): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'first-look-'));
  try {
    const run = shellIn(directory);
    cpSync(join(ROOT, 'examples/people/people.csv'), join(directory, 'people.csv'));
    run(`npx protector init --policy "${join(ROOT, 'examples/people/policy.yaml')}"`);
    return SCENES.flatMap(([comment, ...commands], i) => [
      ...(i === 0 ? [] : [{ kind: 'output', text: '' } as const]),
      { kind: 'comment', text: comment },
      ...commands.flatMap((command) => [...linesOf(`$ ${command}`, 'command'), ...linesOf(run(command), 'output')]),
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function shellIn(directory: string): (command: string) => string {
  const main = join(ROOT, 'functions/cli/protector.js');
  const env = childEnvironment(join(directory, 'home'));
  return (command) => {
    const script = command.replaceAll('npx protector', `"${process.execPath}" "${main}"`);
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: directory, env, encoding: 'utf8' });
    return stdout + stderr;
  };
}

function linesOf(text: string, kind: Line['kind']): Line[] {
  const trimmed = text.replace(/\n+$/, '');
  return trimmed === '' ? [] : trimmed.split('\n').map((line) => ({ kind, text: line.trimEnd() }));
}
