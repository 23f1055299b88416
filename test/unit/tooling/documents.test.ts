// The documents as texts: their form, their links, and what is made from the code or compared with it.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COMMANDS } from '../../../functions/cli/commands.ts';
import { parseConfig } from '../../../infra/config.ts';
import { AUDIT_CODES } from '../../../lib/audit/codes.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { userNameExtractor } from '../../../lib/policy/user-name.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { commandsOf, commandsPage } from '../../documents/cli-page.ts';
import { errorCodes } from '../../documents/error-codes.ts';
import {
  allPages,
  blocksOf,
  brokenLinks,
  linksOf,
  pagesInOrder,
  tableSizes,
  textOf,
  withoutBlocks,
} from '../../documents/pages.ts';

const PAGES = allPages();
const DOCS = PAGES.filter((page) => page.startsWith('docs/'));
/** Pages for people who use the product. */
const FOR_USERS = pagesInOrder().filter((page) => !/^docs\/(?:contributing|decisions)\//.test(page));

const cells = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('README', () => {
  const lines = textOf('README.md').trimEnd().split('\n');

  test('has at most 170 lines', () => {
    expect(lines.length).toBeLessThanOrEqual(170);
  });

  test('has no table of more than 15 rows', () => {
    expect(Math.max(...tableSizes('README.md'))).toBeLessThanOrEqual(15);
    expect(tableSizes('README.md').length).toBeGreaterThan(1);
  });

  test('shows a picture and a diagram on its first screen', () => {
    const first = lines.slice(0, 24).join('\n');
    expect(first).toMatch(/!\[[^\]]+\]\(docs\/pictures\/[\w-]+\.svg\)/);
    expect(first).toContain('```text');
  });

  test('says the cost and what cannot be undone above the commands that deploy', () => {
    const deploy = textOf('README.md').split('## Deploy on AWS')[1]!;
    const above = deploy.slice(0, deploy.indexOf('```'));
    expect(above).toMatch(/\$\d+ a month/);
    expect(above).toContain('cannot be undone');
    expect(above).toContain('audit.lockDays');
  });
});

describe('every page', () => {
  test('leads to files and headings that exist', () => {
    expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(200);
    expect(brokenLinks(PAGES)).toEqual([]);
  });

  test('is listed by docs/README.md, in its own folder or by name', () => {
    const listed = linksOf('docs/README.md').map(({ path }) => path);
    const missing = DOCS.filter((page) => page !== 'docs/README.md' && !listed.includes(page));
    expect(missing.filter((page) => !/^docs\/(?:contributing|decisions)\//.test(page))).toEqual([]);
  });

  test('has lines of at most 140 characters, tables, blocks and pictures aside', () => {
    const long = [...DOCS, 'README.md'].flatMap((page) =>
      withoutBlocks(textOf(page))
        .split('\n')
        .filter((line) => line.length > 140 && !/^\s*\||^!\[/.test(line))
        .map((line) => `${page}: ${line}`),
    );
    expect(long).toEqual([]);
  });

  test.each(FOR_USERS)('%s begins with what it is for and an example', (page) => {
    const [title, , paragraph] = textOf(page).split('\n');
    expect(title).toMatch(/^# \S/);
    expect(paragraph).toMatch(/^[\p{L}*[`\d]/u);
    const top = textOf(page).split('\n').slice(0, 34).join('\n');
    expect(top).toMatch(/^ *```\w/m);
    expect(blocksOf(page).length).toBeGreaterThan(0);
  });
});

/** A setting of a configuration, by its path. */
const valueOf = (config: object, path: string): unknown =>
  path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], parseConfig(config));

describe('what the pages show', () => {
  const blocks = FOR_USERS.flatMap(blocksOf);
  const prose = FOR_USERS.map((page) => textOf(page)).join('\n');

  test('gives each value one token, and each token one value', () => {
    const requests = blocks.flatMap(({ text }) => [
      ...text.matchAll(/\$ curl \S* ?\S*\/protect -d '.*"data":\["([^"]+)"[^\n]*\n.*"results":\["([^"]+)"/g),
    ]);
    const said = [...prose.matchAll(/`([\d-]+)`\s+becomes\s+`([\d-]+)`/g)];
    const pairs = [...requests, ...said].map(([, value, token]) => `${value} ${token}`);
    expect(pairs.length).toBeGreaterThan(1);
    const of = (i: number): Set<string> => new Set(pairs.map((pair) => pair.split(' ')[i]!));
    expect([of(0).size, of(1).size]).toEqual([new Set(pairs).size, new Set(pairs).size]);
  });

  test('declares functions with the volatility that "protector ddl" gives them', () => {
    const functions = blocks.filter(
      ({ language, text }) => language === 'sql' && /create .*external function/.test(text),
    );
    expect(functions.map(({ page }) => page)).toEqual(['docs/deploy/redshift.md', 'docs/deploy/snowflake.md']);
    const [redshift, snowflake] = functions.map(({ text }) => text);
    expect(redshift).toMatch(/returns varchar stable\n/);
    expect(snowflake).toMatch(/returns varchar null immutable\n/);
  });

  test('chains no command behind one that may have nothing to do', () => {
    expect(blocks.filter(({ text }) => /protector init[^\n]*&&/.test(text))).toEqual([]);
  });

  test('maps the users of a warehouse as its page says', () => {
    const settings = blocksOf('docs/deploy/users.md').find(({ language }) => language === 'json');
    const { protector } = JSON.parse(settings!.text) as { protector: { usernameRegex: string } };
    const nameOf = userNameExtractor(protector.usernameRegex);
    expect(['ANN@EXAMPLE.COM', 'IAM:ann', 'IAMR:analysts', 'ann', 'AWSIDC:ann@example.com'].map(nameOf)).toEqual([
      'ANN',
      'ann',
      'analysts',
      'ann',
      'ann',
    ]);
  });

  test('has configurations that the stacks take', () => {
    const settings = blocks.filter(
      ({ language, text }) => language === 'json' && text.startsWith('{') && /"protector": \{/.test(text),
    );
    expect(settings.map(({ page }) => page)).toEqual([
      'docs/deploy/configuration.md',
      'docs/deploy/snowflake.md',
      'docs/deploy/users.md',
      'docs/deploy/instances.md',
      'docs/deploy/recovery.md',
    ]);
    for (const { text } of settings) {
      expect(() => parseConfig((JSON.parse(text) as { protector: unknown }).protector)).not.toThrow();
    }
    const given = [...prose.matchAll(/-c protector='(\{.*?\})'/g)].map(([, json]) => json!);
    expect(given.length).toBeGreaterThan(3);
    // What is in angle brackets comes from the reader.
    for (const json of given.filter((one) => !one.includes('<'))) expect(() => parseConfig(json)).not.toThrow();
  });

  test('has the values of the sandbox and of other deployments', () => {
    const rows = [...textOf('docs/deploy/sandbox.md').matchAll(/^\| `([\w.]+)` \| (\d+)\D.*?\| (\d+)/gm)];
    expect(rows.map(([, path]) => path)).toContain('audit.lockDays');
    for (const [, path, sandbox, otherwise] of rows) {
      expect([path, valueOf({ profile: 'sandbox' }, path!), valueOf({}, path!)]).toEqual([
        path,
        Number(sandbox),
        Number(otherwise),
      ]);
    }
  });

  test('has policies that are valid', () => {
    const policies = blocks.filter(({ language, text }) => language === 'yaml' && /^name: \w+\ndataStore:/.test(text));
    expect(policies.length).toBeGreaterThan(0);
    for (const { text } of policies) expect(() => parsePolicy(parse(text))).not.toThrow();
  });

  test('names the release that it is about', () => {
    for (const page of ['README.md', 'docs/what-exists.md']) expect(textOf(page)).toContain(`release ${RELEASE}`);
    expect(textOf('CHANGELOG.md')).toContain(`## ${RELEASE}`);
  });
});

describe('commands that no test can run, because they need AWS', () => {
  /** Command lines of blocks and of code within sentences, without what a shell does with them. */
  const lines = FOR_USERS.flatMap((page) => {
    const shown = blocksOf(page).flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, ' ').split('\n'));
    const said = [...withoutBlocks(textOf(page)).matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
    return [...shown, ...said]
      .map((line) => /(?:^|npx )protector ([a-z][^|>&;#]*)/.exec(line.replace(/^\$ /, ''))?.[1])
      .filter((line) => line !== undefined)
      .map((line) => ({ page, line: line.replaceAll(/"[^"]*"|'[^']*'/g, 'text') }));
  });

  test('name commands and options that exist', async () => {
    const commands = new Map(
      (await Promise.all(COMMANDS.map((node) => commandsOf(node, ''))))
        .flat()
        .map(({ name, command }) => [
          name.trim(),
          new Set(
            Object.keys(command.options).map((option) => option.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)),
          ),
        ]),
    );
    const nouns = new Set(
      [...commands.keys()].flatMap((name) => [name.split(' ')[0]!, name.split(' ').slice(0, -1).join(' ')]),
    );
    expect(lines.length).toBeGreaterThan(150);
    const wrong = lines.filter(({ line }) => {
      const words = line.split(/\s+/).filter((word) => word !== '');
      const name = [3, 2, 1].map((count) => words.slice(0, count).join(' ')).find((one) => commands.has(one));
      if (name === undefined) return !nouns.has(words[0]!) || words.slice(1).some((word) => /^[a-z-]+$/.test(word));
      const given = [...line.matchAll(/ --([a-z][a-z0-9-]*)/g)].map(([, option]) => option!);
      return given.some((option) => option !== 'help' && !commands.get(name)!.has(option));
    });
    expect(wrong).toEqual([]);
  });
});

describe('docs/cli.md', () => {
  test('is up to date: "npm run docs" writes it', async () => {
    expect(textOf('docs/cli.md')).toBe(await commandsPage());
  });

  test('has a section for every command', async () => {
    const commands = (await Promise.all(COMMANDS.map((node) => commandsOf(node, 'protector')))).flat();
    expect(commands.length).toBeGreaterThan(45);
    const text = textOf('docs/cli.md');
    for (const { name } of commands) expect(text).toMatch(new RegExp(`^###? ${name}$`, 'm'));
  });
});

describe('docs/errors.md', () => {
  const rows = textOf('docs/errors.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Code'));
  const named = rows.flatMap((row) => [...cells(row)[0]!.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, code]) => code!));

  test('has a row for every code that is thrown, and none for another', () => {
    const codes = [...errorCodes().keys()];
    expect(codes.length).toBeGreaterThan(120);
    expect(named.toSorted()).toEqual(codes.toSorted());
  });

  test('has a row for every number of an audit record, and none for another', () => {
    const records = textOf('docs/errors.md').split('Records about the policy')[0]!;
    const numbers = [...records.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, list]) => list!.split(', ').map(Number));
    const emitted = [...AUDIT_CODES.keys()];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(emitted.toSorted((a, b) => a - b));
  });

  test('leaves no cell empty but the number of a code without one', () => {
    for (const row of rows) {
      const [code, ...others] = cells(row);
      expect(code).not.toBe('');
      expect([row, others.filter((cell) => cell === '').length]).toEqual([
        row,
        row.includes('CACHED_KEY_CLOSED') ? 1 : 0,
      ]);
    }
  });

  test('says of every refusal the number of its record', () => {
    const refusals = textOf('docs/errors.md').split('## Refusals of a request')[1]!.split('## Tenant gateway')[0]!;
    for (const row of refusals.split('\n').filter((line) => line.startsWith('| `'))) {
      const [codes, numbers] = cells(row);
      const names = [...codes!.matchAll(/`(\w+)`/g)].map(
        ([, code]) => code! as ConstructorParameters<typeof RefusedError>[0],
      );
      const expected = [...new Set(names.map((code) => new RefusedError(code).auditCode))].join(', ');
      expect([codes, numbers]).toEqual([codes, expected]);
    }
  });
});
