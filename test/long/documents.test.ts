// The commands of the documents, in the order in which a reader meets them, in one fresh clone: README, then the pages as
// docs/README.md and examples/README.md list them.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readEventLine } from '../../lib/events/line.ts';
import { type Block, blocksOf, pagesInOrder, ROOT } from '../documents/pages.ts';
import { repositoryFiles, Workspace } from '../mutation/workspace.ts';
import { childEnvironment } from '../support/command.ts';

/** Pages whose commands are for somebody who changes the product. */
const isForUsers = ({ page }: Block): boolean => !/^docs\/(?:contributing|decisions)\//.test(page);

const BLOCKS = pagesInOrder().flatMap(blocksOf).filter(isForUsers);
const SHELL = BLOCKS.filter(({ language }) => language === 'sh');
const ALL = BLOCKS.map(({ text }) => text).join('\n');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Runs this test too. */
const TESTS = 'npm ci && npm test';

/** Shown with the first line of each block. */
const CASES = SHELL.filter(({ text }) => text !== TESTS).map(
  (block) => [block.page, block.text.split('\n')[0]!, block] as const,
);

/** What a page says of the output of its commands. */
const SAID: readonly (readonly [page: string, command: string, said: RegExp])[] = [
  ['README.md', 'protector init --dir mine', /NULL[^]*intact/],
  ['docs/getting-started.md', 'pty_check_dename', /NULL +12/],
  ['docs/getting-started.md', "select * from 'protected.csv'", /Bremen/],
  ['docs/getting-started.md', '--user auditor', /NULL[^]*Zoë Müller/],
  ['docs/getting-started.md', 'audit verify', /intact/],
  ['docs/policy/tutorial.md', 'policy test', /5 tests, 0 failed/],
  ['docs/policy/bad-values.md', 'pty_check_dessn', /letters outside/],
];
/** What each block printed. */
const printed: (Block & { readonly output: string })[] = [];

let clone: Workspace;
let bin: string;
const at = (...parts: readonly string[]): string => join(clone.root, ...parts);

// `npx` and `npm ci` would ask the network for what the test has already: they are stood in for. All else is real.
beforeAll(() => {
  clone = Workspace.copyOf(ROOT, repositoryFiles(ROOT));
  bin = mkdtempSync(join(tmpdir(), 'readme-bin-'));
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  stub('npm', `[ "$1" = ci ] || exec "${npm}" "$@"`);
  stub(
    'npx',
    [
      `case "$1" in`,
      `  protector) shift; exec "${process.execPath}" "${at('functions/cli/protector.js')}" "$@" ;;`,
      `  --no-install) shift; exec "$@" ;;`,
      `  *) echo "npx $1 is not stood in for" >&2; exit 1 ;;`,
      `esac`,
    ].join('\n'),
  );
});

afterAll(() => {
  clone[Symbol.dispose]();
  rmSync(bin, { recursive: true, force: true });
});

function stub(name: string, script: string): void {
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env = childEnvironment(more);
  return { ...env, PATH: `${bin}:${env['PATH']}` };
}

function shell(script: string, more: Readonly<Record<string, string>> = {}): string {
  return execFileSync('sh', ['-e', '-c', script], { cwd: clone.root, encoding: 'utf8', env: environment(more) });
}

/** Starts what a block serves, on a free port, so that the test does not need the usual one. */
async function served(command: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const args = [...command.split(' ').slice(2), '--port', '0'];
  const child = spawn(process.execPath, [at('functions/cli/protector.js'), ...args], {
    cwd: clone.root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [ready] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: /http:\/\/\S+/.exec(ready.toString())![0] };
}

/** Tokens of the page are of other keys than those of the test. */
function withoutTokens(reply: string): string {
  return reply.replaceAll(/\d{3}-\d{2}-\d{4}/g, '<token>');
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, 'exit');
}

describe('README and the pages', () => {
  test('begin with the two commands that run the product and its tests', () => {
    expect(SHELL.slice(0, 2).map(({ text }) => text)).toEqual(['npm ci && npm start', TESTS]);
    expect(PACKAGE.scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });

  test('name only npm scripts that exist', () => {
    const named = [...ALL.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in PACKAGE.scripts))).toEqual([]);
  });

  test('show commands on the pages that are about commands', () => {
    expect(new Set(SHELL.map(({ page }) => page)).size).toBeGreaterThanOrEqual(18);
    expect([...ALL.matchAll(/npx protector /g)].length).toBeGreaterThanOrEqual(80);
  });

  test('have only blocks of languages that are run, read or shown', () => {
    const known = ['sh', 'console', 'text', 'json', 'yaml', 'sql', 'ts', 'xml'];
    expect(BLOCKS.filter(({ language }) => !known.includes(language))).toEqual([]);
  });

  // In order: the first ones make the directories that the others work in.
  test.each(CASES)('%s: %s … works as printed', async (_, __, block) => {
    if (!/protector (?:serve|console)\b/.test(block.text)) {
      printed.push({ ...block, output: shell(block.text) });
      return;
    }
    const { child, url } = await served(block.text);
    try {
      expect(await (await fetch(url)).text()).not.toBe('');
    } finally {
      await ended(child);
    }
  });

  test('print what the pages say of them', () => {
    for (const [page, command, said] of SAID) {
      const outputs = printed
        .filter((one) => one.page === page && one.text.includes(command))
        .map(({ output }) => output);
      expect([page, command, outputs.join('')]).toEqual([page, command, expect.stringMatching(said)]);
    }
  });

  test('show how a key is wrapped and unwrapped with curl', async () => {
    const shown = BLOCKS.find(({ text }) => text.includes('/api/1/document/wrap'))!;
    const commands = shown.text.split('\n').filter((line) => line.startsWith('$ '));
    const { child, url } = await served('npx protector serve');
    try {
      const host = new URL(url).host;
      const run = (edek: string): string[] => {
        const script = commands.map((line) => line.slice(2).replace('localhost:8787', host).replace('CoUBCoAB…', edek));
        return shell(script.join('; echo;\n'))
          .split('\n')
          .filter((line) => line.startsWith('{'));
      };
      const { dek, edek } = JSON.parse(run('AQ==')[0]!) as { dek: string; edek: string };
      expect(JSON.parse(run(edek)[1]!)).toEqual({ dek });
    } finally {
      await ended(child);
    }
  });

  test('show what the REST API answers', async () => {
    const shown = blocksOf('docs/deploy/rest.md').filter(({ language }) => language === 'console');
    const exchanges = shown.flatMap(({ text }) => [...text.matchAll(/^\$ (curl .*)\n(.*)$/gm)]);
    expect(exchanges).toHaveLength(4);
    const { child, url } = await served('npx protector serve');
    try {
      for (const [, command, reply] of exchanges) {
        const answer = shell(command!.replace('localhost:8787', new URL(url).host));
        expect([command, withoutTokens(answer.trimEnd())]).toEqual([command, withoutTokens(reply!)]);
      }
    } finally {
      await ended(child);
    }
  });

  test('show a program that encrypts documents and logs events, and the commands that run it', async () => {
    const shown = blocksOf('examples/typescript-client/README.md').find(({ language }) => language === 'console');
    const [serve, ...commands] = shown!.text.split('\n');
    expect(serve).toBe('$ npx protector serve &');
    const output = commands.filter((line) => !line.startsWith('$ '));
    const script = commands.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    const { child, url } = await served('npx protector serve');
    try {
      expect(shell(script.join('\n'), { GATEWAY_URL: url }).trimEnd().split('\n')).toEqual(output);
      const events = readFileSync(at('.protector/events/events.jsonl'), 'utf8').trimEnd().split('\n');
      const names = events
        .map((line) => readEventLine(line)!.iclFields)
        .filter(({ requestingId }) => requestingId === 'ann');
      expect(names.map(({ event, count }) => [event, count])).toEqual(
        expect.arrayContaining([
          ['USER_LOGIN', undefined],
          ['DATA_ENCRYPT', 2],
          ['CUSTOM_CUSTOMERS_IMPORTED', undefined],
        ]),
      );
    } finally {
      await ended(child);
    }
  });

  test('have a program that says what is missing when no key is set', () => {
    expect(() => shell('npx --no-install node examples/typescript-client/application.ts 2>&1')).toThrow(
      expect.objectContaining({ stdout: expect.stringContaining('Set GATEWAY_API_KEY') }),
    );
  });
});
