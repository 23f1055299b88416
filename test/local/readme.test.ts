import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readEventLine } from '../../lib/events/line.ts';
import { childEnvironment, COMMAND } from '../support/command.ts';

/** The pages with commands to run, in the order in which README lists them. */
const PAGES = [
  'README',
  'docs/policy',
  'docs/discovery',
  'docs/files',
  'docs/widths',
  'docs/keys',
  'docs/warehouses',
  'docs/rest',
  'docs/audit',
  'docs/console',
  'docs/tenants',
];
const TEXTS = new Map(PAGES.map((page) => [page, readFileSync(new URL(`../../${page}.md`, import.meta.url), 'utf8')]));
const ALL = [...TEXTS.values()].join('\n');
const PACKAGE = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...ALL.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text!.trim());
}

/** The anchors of the headings of a page. */
function headingsOf(file: URL): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

const lines = blocks('sh').flatMap((block) => block.split('\n'));
const protectorLines = lines.filter((line) => line.includes('npx protector'));

describe('README and its pages', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'readme-'));
    writeFileSync(join(directory, 'people.csv'), 'name,ssn\nZoë Müller,944-07-4214\nНиколай Петров,951-08-9204\n');
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('begin with the two commands that run the product and its tests', () => {
    expect(lines.slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    expect(PACKAGE.scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });

  test('name only npm scripts that exist', () => {
    const named = [...ALL.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in PACKAGE.scripts))).toEqual([]);
  });

  test('show commands on the pages that are about commands', () => {
    expect(protectorLines.length).toBeGreaterThanOrEqual(35);
  });

  test('link to files and headings that exist', () => {
    const links = PAGES.flatMap((page) =>
      [...TEXTS.get(page)!.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path, heading]) => ({
        page,
        path: path!,
        heading,
      })),
    );
    expect(links.length).toBeGreaterThan(20);
    const broken = links.filter(({ page, path, heading }) => {
      const own = new URL(`../../${page}.md`, import.meta.url);
      const file = path === '' ? own : new URL(path, own);
      return !existsSync(file) || (heading !== undefined && !headingsOf(file).includes(heading));
    });
    expect(broken).toEqual([]);
  });

  // In order: the first makes the directory that the others work in.
  test.each(protectorLines)('%s works as printed', async (line) => {
    const command = line.replaceAll('npx protector', `"${process.execPath}" "${COMMAND}"`);
    const output = /protector (?:serve|console)\b/.test(line)
      ? await served(line)
      : execFileSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8', env: childEnvironment() });
    expect(output).not.toBe('');
  });

  /** What the front that a line starts says of itself; on a free port, so that the test does not need the usual one. */
  async function served(line: string): Promise<string> {
    const args = [...line.split(' ').slice(2), '--port', '0'];
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: directory, env: childEnvironment() });
    try {
      const [ready] = (await once(child.stdout, 'data')) as [Buffer];
      return await (await fetch(/http:\S+/.exec(ready.toString())![0])).text();
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  }

  test('show how a key is wrapped and unwrapped with curl', async () => {
    const shown = blocks('console').find((block) => block.includes('/api/1/document/wrap'))!;
    const commands = shown.split('\n').filter((line) => line.startsWith('$ '));
    const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0'], {
      cwd: directory,
      env: childEnvironment(),
    });
    try {
      const [ready] = (await once(child.stdout, 'data')) as [Buffer];
      const host = /http:\/\/(\S+)/.exec(ready.toString())![1]!;
      const options = { cwd: directory, encoding: 'utf8', env: childEnvironment() } as const;
      const run = (edek: string): string[] => {
        const script = commands.map((line) => line.slice(2).replace('localhost:8787', host).replace('CoUBCoAB…', edek));
        return execFileSync('sh', ['-c', script.join('; echo;\n')], options)
          .split('\n')
          .filter((line) => line.startsWith('{'));
      };
      const { dek, edek } = JSON.parse(run('AQ==')[0]!) as { dek: string; edek: string };
      expect(JSON.parse(run(edek)[1]!)).toEqual({ dek });
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });

  test('show a program that encrypts documents and logs events', async () => {
    const root = new URL('../../', import.meta.url).href;
    const program = blocks('ts').find((block) => block.includes('ProtectorClient'))!;
    writeFileSync(join(directory, 'application.ts'), program.replaceAll("'./lib/", `'${root}lib/`));
    const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0'], {
      cwd: directory,
      env: childEnvironment(),
    });
    try {
      const [ready] = (await once(child.stdout, 'data')) as [Buffer];
      const secrets = readFileSync(join(directory, '.protector', 'tenant-secrets.json'), 'utf8');
      const env = {
        ...childEnvironment(),
        GATEWAY_URL: /http:\/\/\S+/.exec(ready.toString())![0],
        GATEWAY_API_KEY: (JSON.parse(secrets) as Record<string, string>)['app-key'],
      };
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ['application.ts'], { cwd: directory, env, encoding: 'utf8' });
      expect(stdout).toBe('000-12-2345\n');
      const events = readFileSync(join(directory, '.protector', 'events', 'events.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
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
      child.kill();
      await once(child, 'exit');
    }
  });

  test('show SQL that DuckDB runs', () => {
    const sql = blocks('sql').find((block) => block.includes("'people.csv'"));
    const output = execFileSync(process.execPath, [COMMAND, 'query', '--json', sql!], {
      cwd: directory,
      encoding: 'utf8',
      env: childEnvironment(),
    });
    expect(JSON.parse(output)).toEqual([
      { name: expect.stringMatching(/^.{3} .{6}$/u), ssn: expect.stringMatching(/^\d{3}-\d\d-\d{4}$/) },
      { name: expect.stringMatching(/^.{7} .{6}$/u), ssn: expect.stringMatching(/^\d{3}-\d\d-\d{4}$/) },
    ]);
  });
});
