// protect, unprotect and reprotect over files, end to end: outputs, trail, rejects, and what is refused.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { prepare, runProtector } from '../support/command.ts';

let root: string;
let folder: string;
let cases = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'files-'));
  await prepare(['init', '--dir', 'made'], { cwd: root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  folder = join(root, `case-${cases++}`);
  rmSync(join(root, 'made/audit'), { recursive: true, force: true });
});

const DIR = ['--dir', '../made', '--jobs', '1'];
const at = (name: string): string => join(folder, name);

function write(name: string, content: string | Uint8Array): void {
  mkdirp();
  writeFileSync(at(name), content);
}

function mkdirp(): void {
  mkdirSync(folder, { recursive: true });
}

const run = (args: readonly string[], stdin?: string) =>
  runProtector([...args, ...DIR], { cwd: folder, ...(stdin === undefined ? {} : { stdin }) });

/** Runs a command that must succeed. */
async function ok(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await run(args, stdin);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stderr}`);
  return stdout;
}

const text = (name: string): string => readFileSync(at(name), 'utf8');

function records(): AuditRecord[] {
  const path = join(root, 'made/audit/audit.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);
}

/** What the trail says, without times and places. */
const facts = () =>
  records().map(({ cnt, protection: { audit_code, dataelement, operation }, correlationid }) => [
    operation,
    dataelement,
    audit_code,
    cnt,
    correlationid,
  ]);

const people = (rows: number): string =>
  `id,name,ssn,city\n${Array.from({ length: rows }, (_, i) => `${i},"Ann, ${String.fromCharCode(97 + (i % 26))}na",${String(100_000_000 + i * 31)},Rome\n`).join('')}`;

describe('CSV', () => {
  test('comes back byte for byte, with one record a column and operation', async () => {
    write('people.csv', people(30_000));
    await ok(['protect', 'people.csv', '--column', 'ssn=deSSN', 'name=deName', '--out', 'out/']);
    const lines = text('out/people.csv').split('\n');
    expect(lines[0]).toBe('id,name,ssn,city');
    expect(lines[1]).toMatch(/^0,"\p{L}{3}, \p{L}{3}",\d{9},Rome$/u);
    expect(text('out/people.csv')).not.toContain('100000031');
    await ok(['unprotect', 'out/people.csv', '--column', 'ssn=deSSN', 'name=deName', '--out', 'clear.csv']);
    expect(text('clear.csv')).toBe(text('people.csv'));
    expect(facts()).toEqual([
      ['Protect', 'deSSN', 6, 30_000, 'file:people.csv:ssn'],
      ['Protect', 'deName', 6, 30_000, 'file:people.csv:name'],
      ['Unprotect', 'deSSN', 8, 30_000, 'file:people.csv:ssn'],
      ['Unprotect', 'deName', 8, 30_000, 'file:people.csv:name'],
    ]);
    expect(readdirSync(at('out'))).toEqual(['people.csv']);
    await prepare(['audit', 'verify', '--dir', 'made'], { cwd: root });
  });

  test('has the tokens of the functions', async () => {
    write('people.csv', 'id,ssn\n1,944-07-4214\n');
    await ok(['protect', 'people.csv', '--column', 'ssn=deSSN', '--out', 'out.csv']);
    const sql = "select pty_protect_dessn('944-07-4214') t";
    const [{ t }] = JSON.parse(await prepare(['query', sql, '--json', '--dir', 'made'], { cwd: root })) as [
      { t: string },
    ];
    expect(text('out.csv')).toBe(`id,ssn\n1,${t}\n`);
  });

  test.each([
    ['gz', gzipSync, gunzipSync],
    ['zst', zstdCompressSync, zstdDecompressSync],
  ] as const)('is unpacked and packed: %s', async (ending, pack, unpack) => {
    const clear = people(100);
    write(`people.csv.${ending}`, pack(Buffer.from(clear)));
    await ok(['protect', `people.csv.${ending}`, '--column', 'ssn=deSSN', '--out', 'out/']);
    await ok(['unprotect', `out/people.csv.${ending}`, '--column', 'ssn=deSSN', '--out', 'clear.csv']);
    expect(unpack(readFileSync(at(`out/people.csv.${ending}`)))).not.toHaveLength(0);
    expect(text('clear.csv')).toBe(clear);
    write(`cut.csv.${ending}`, pack(Buffer.from(clear)).subarray(0, -10));
    const cut = await run(['protect', `cut.csv.${ending}`, '--column', 'ssn=deSSN', '--out', 'cut.csv']);
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining('damaged or cut off')]);
  });

  test.each([
    [
      'windows-1252',
      Buffer.from('id;name\n1;M\xfcller \x80\n', 'latin1'),
      ['--encoding', 'windows-1252'],
      'id;name\n1;Müller €\n',
    ],
    ['utf-16le with a mark', Buffer.from('\ufeffid;name\n1;Müller\n', 'utf16le'), [], 'id;name\n1;Müller\n'],
    [
      'shift_jis',
      Buffer.from([0x69, 0x64, 0x3b, 0x6e, 0x61, 0x6d, 0x65, 0x0a, 0x31, 0x3b, 0x93, 0x8c, 0x8b, 0x9e, 0x0a]),
      ['--encoding', 'shift_jis'],
      'id;name\n1;東京\n',
    ],
  ])('is read in other encodings: %s', async (_, bytes, options, clear) => {
    write('x.csv', bytes);
    await ok(['protect', 'x.csv', '--delimiter', ';', '--column', 'name=deName', '--out', 'out.csv', ...options]);
    await ok(['unprotect', 'out.csv', '--delimiter', ';', '--column', 'name=deName', '--out', 'clear.csv']);
    expect(text('clear.csv')).toBe(clear);
  });

  test('bytes that are not UTF-8 are refused in a protected column and kept beside it', async () => {
    write('x.csv', Buffer.from('id,note,ssn\n1,\xff,944074214\n', 'latin1'));
    await ok(['protect', 'x.csv', '--delimiter', ',', '--column', 'ssn=deSSN', '--out', 'out.csv']);
    expect(readFileSync(at('out.csv')).toString('latin1')).toMatch(/^id,note,ssn\n1,\xff,\d{9}\n$/);
    const refused = await run(['protect', 'x.csv', '--delimiter', ',', '--column', 'note=deName', '--out', 'out2.csv']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('row 1, column note: value is not well-formed Unicode'),
    });
  });

  test('comes from standard input', async () => {
    write('x', '');
    await ok(['protect', '-', '--column', 'ssn=deSSN', '--out', 'out.csv'], people(50));
    await ok(['unprotect', '-', '--column', 'ssn=deSSN', '--out', 'clear.csv'], text('out.csv'));
    expect(text('clear.csv')).toBe(people(50));
    expect(facts()[0]).toEqual(['Protect', 'deSSN', 6, 50, 'file:stdin:ssn']);
  });

  test('several files by a pattern, with a map', async () => {
    write('a.csv', people(10));
    write('b.csv', people(20));
    write('map.yaml', 'ssn: deSSN\nname: deName\n');
    const json = await ok(['protect', '*.csv', '--map', at('map.yaml'), '--out', 'out', '--json']);
    expect(JSON.parse(json)).toMatchObject({
      rows: 30,
      values: 60,
      rejected: 0,
      files: [
        { rows: 10, columns: [{ column: 'ssn', element: 'deSSN', values: 10 }, { column: 'name' }] },
        { rows: 20, columns: [{ values: 20 }, { values: 20 }] },
      ],
    });
    expect(readdirSync(at('out'))).toEqual(['a.csv', 'b.csv']);
  });
});

describe('JSON lines', () => {
  const lines = [
    '{"id":1, "customer":{"ssn":"944-07-4214","n":1.50},"items":[{"card":"4111111111111111","q":1e2},{"card":null}]}',
    '{"customer":{"ssn":null}, "items":[]}',
    '',
    '{"items":[{"card":"4012888888881881","x":{"card":"kept"}}],"customer":{"s\\u0073n":"951-08-9204"},"note":"\\u00fc\\n"}',
  ].join('\n');
  const COLUMNS = ['--column', '$.customer.ssn=deSSN', '$.items[*].card=deCCN'];

  test('keep every byte beside the values of their paths, and come back', async () => {
    write('x.jsonl', lines);
    await ok(['protect', 'x.jsonl', ...COLUMNS, '--out', 'out.jsonl']);
    const out = text('out.jsonl').split('\n');
    expect(out[0]).toMatch(
      /^\{"id":1, "customer":\{"ssn":"\d{3}-\d\d-\d{4}","n":1\.50\},"items":\[\{"card":"\d{12}1111","q":1e2\},\{"card":null\}\]\}$/,
    );
    expect(out[1]).toBe(lines.split('\n')[1]);
    expect(out[3]).toContain('"x":{"card":"kept"}');
    // The last four digits of a card stay: with them, a token that ends with 41 would look like the beginning of a card.
    const hidden = text('out.jsonl').replaceAll(/(?:1111|1881)"/g, '"');
    expect(hidden).not.toMatch(/944-07-4214|951-08-9204|411111|401288/);
    await ok(['unprotect', 'out.jsonl', ...COLUMNS, '--out', 'clear.jsonl']);
    expect(text('clear.jsonl')).toBe(lines);
    expect(facts().slice(0, 2)).toEqual([
      ['Protect', 'deSSN', 6, 2, 'file:x.jsonl:$.customer.ssn'],
      ['Protect', 'deCCN', 6, 2, 'file:x.jsonl:$.items[*].card'],
    ]);
  });

  test('numbers stay numbers where their element gives numbers', async () => {
    write('x.jsonl', '{"salary":1234.50}\n{"salary":"99.10"}\n');
    await ok(['protect', 'x.jsonl', '--column', 'salary=deSalary', '--out', 'out.jsonl']);
    expect(text('out.jsonl')).toMatch(/^\{"salary":\d+\.\d\d\}\n\{"salary":"\d+\.\d\d"\}\n$/);
    await ok(['unprotect', 'out.jsonl', '--column', 'salary=deSalary', '--out', 'clear.jsonl']);
    expect(text('clear.jsonl')).toBe(text('x.jsonl'));
  });

  test.each([
    ['a path that no document has', '{"a":"x"}\n', '$.b', 'no document has a value at $.b'],
    [
      'a line that is no document',
      '{"a":"944074214"}\n{"a":\n',
      '$.a',
      'row 2: the line is not one JSON document (ROW_JSON)',
    ],
    ['an object at the path', '{"a":{"b":1}}\n', '$.a', 'row 1, column $.a: value has a data type'],
    ['a path that is none', '{"a":"x"}\n', '$..a', '$..a cannot be used as a path'],
    ['a path into another', '{"a":"x"}\n', '$.a[*]=deSSN', 'another path leads into its value'],
  ])('%s is refused, and nothing is written', async (_, content, path, message) => {
    write('x.jsonl', content);
    const columns = path.includes('=') ? [path, '$.a=deSSN'] : [`${path}=deSSN`];
    const { code, stderr } = await run(['protect', 'x.jsonl', '--column', ...columns, '--out', 'out.jsonl']);
    expect([code === 1 || code === 2, stderr]).toEqual([true, expect.stringContaining(message)]);
    expect(readdirSync(folder)).toEqual(['x.jsonl']);
  });
});

/** Runs SQL beside the product. */
async function duckdb(sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Lays two tables side by side. Resolves to the number of their rows, and to how many of those differ. */
const differing = (one: string, other: string, columns = '*', where = 'true') => {
  const [a, b] = [one, other].map((name) => `(select ${columns} from '${at(name)}' where ${where})`);
  return duckdb(`select count(*), count(*) filter (a is distinct from b) from ${a} a positional join ${b} b`);
};

const schemaOf = (name: string) =>
  duckdb(`select name, type, converted_type, logical_type, repetition_type from parquet_schema('${at(name)}')`);
const groupsOf = (name: string) =>
  duckdb(
    `select row_group_id, row_group_num_rows, path_in_schema, compression, num_values from parquet_metadata('${at(name)}') order by all`,
  );

describe('Parquet', () => {
  const TABLE = `select i as id, if(i % 7 = 3, null, printf('%09d', 100000000 + i)) as ssn, 'Name ' || chr((97 + i % 26)::int) || 'bcdefghijklmnop' as name,
    date '1970-01-01' + (i::int % 9000) as born, (i * 1.25)::decimal(12, 2) as salary, [i, i + 1] as list, {'a': i, 'b': 'x'} as nested,
    timestamp '2020-01-01' + to_seconds(i::bigint) as seen from range(5000) t(i)`;
  const COLUMNS = ['--column', 'ssn=deSSN', 'name=deName', 'born=deBirthdate', 'salary=deSalary'];

  async function made(codec = 'zstd'): Promise<void> {
    mkdirp();
    await duckdb(
      `copy (${TABLE}) to '${at('t.parquet')}' (format parquet, compression ${codec}, row_group_size 2048, kv_metadata {origin: 'a test'})`,
    );
  }

  test.each(['zstd', 'snappy', 'gzip', 'uncompressed', 'lz4_raw', 'brotli'])(
    'keeps schema, row groups, codec %s and all other values, and comes back',
    async (codec) => {
      await made(codec);
      await ok(['protect', 't.parquet', ...COLUMNS, '--out', 'out.parquet']);
      expect(await schemaOf('out.parquet')).toEqual(await schemaOf('t.parquet'));
      expect(await groupsOf('out.parquet')).toEqual(await groupsOf('t.parquet'));
      expect(await duckdb(`select key, value from parquet_kv_metadata('${at('out.parquet')}')`)).toHaveLength(1);
      expect(await differing('out.parquet', 't.parquet')).toEqual([['5000', '5000']]);
      expect(await differing('out.parquet', 't.parquet', 'id, list, nested, seen')).toEqual([['5000', '0']]);
      const same = await duckdb(
        `select count(*) from '${at('t.parquet')}' a positional join '${at('out.parquet')}' b where a.ssn = b.ssn or a.name = b.name or a.born = b.born`,
      );
      expect(Number(same[0]![0])).toBeLessThan(50);
      await ok(['unprotect', 'out.parquet', ...COLUMNS, '--out', 'clear.parquet']);
      expect(await differing('clear.parquet', 't.parquet')).toEqual([['5000', '0']]);
      expect(facts().slice(0, 2)).toEqual([
        ['Protect', 'deSSN', 6, 4286, 'file:t.parquet:ssn'],
        ['Protect', 'deName', 6, 5000, 'file:t.parquet:name'],
      ]);
    },
  );

  test('a row group may be larger than what DuckDB gathers before it writes', async () => {
    mkdirp();
    await duckdb(
      `copy (select printf('%09d', 100000000 + i) as ssn from range(300000) t(i)) to '${at('t.parquet')}' (format parquet, row_group_size 300032)`,
    );
    expect(await duckdb(`select count(distinct row_group_id) from parquet_metadata('${at('t.parquet')}')`)).toEqual([
      ['1'],
    ]);
    await ok(['protect', 't.parquet', '--column', 'ssn=deSSN', '--out', 'out.parquet']);
    await ok(['unprotect', 'out.parquet', '--column', 'ssn=deSSN', '--out', 'clear.parquet']);
    expect(
      await duckdb(
        `select count(*) from '${at('t.parquet')}' a positional join '${at('clear.parquet')}' b where a.ssn is distinct from b.ssn`,
      ),
    ).toEqual([['0']]);
  });

  test('rows are left out with a reason, in every column', async () => {
    mkdirp();
    await duckdb(
      `copy (select * replace (if(i = 5 or i = 4100, '12', ssn) as ssn) from (${TABLE.replace('i as id', 'i as id, i')})) to '${at('t.parquet')}' (format parquet, row_group_size 2048)`,
    );
    const { code } = await run(['protect', 't.parquet', ...COLUMNS, '--out', 'out.parquet', '--rejects', 'bad.csv']);
    expect(code).toBe(1);
    expect(text('bad.csv')).toMatch(
      /^file,row,column,code,reason\n.*t\.parquet,6,ssn,INPUT_TOO_SHORT,.*\n.*t\.parquet,4101,ssn,INPUT_TOO_SHORT,.*\n$/,
    );
    const rows = await duckdb(`select id from '${at('out.parquet')}'`);
    expect(rows.map(([id]) => Number(id))).toEqual(
      Array.from({ length: 5000 }, (_, i) => i).filter((i) => i !== 5 && i !== 4100),
    );
    await ok(['unprotect', 'out.parquet', ...COLUMNS, '--out', 'clear.parquet']);
    expect(await differing('clear.parquet', 't.parquet', '*', 'id not in (5, 4100)')).toEqual([['4998', '0']]);
    expect(facts()).toContainEqual(['Protect', 'deSSN', 22, 2, 'file:t.parquet:ssn']);
  });

  test.each([
    ['a nested column', 'nested=deName', 'column nested is nested'],
    ['a column that is not there', 'nobody=deName', 'there is no column nobody'],
    [
      'an element whose tokens are of another type',
      'id=deNote',
      'The protected values do not fit the type of their column',
    ],
  ])('%s is refused, and nothing is written', async (_, column, message) => {
    await made();
    const { code, stderr } = await run(['protect', 't.parquet', '--column', column, '--out', 'out.parquet']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(readdirSync(folder)).toEqual(['t.parquet']);
  });

  test('damage is refused', async () => {
    await made();
    write('cut.parquet', readFileSync(at('t.parquet')).subarray(0, -100));
    write('text.parquet', 'id,ssn\n1,2\n');
    for (const name of ['cut.parquet', 'text.parquet']) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const { code, stderr } = await run(['protect', name, '--column', 'ssn=deSSN', '--out', 'out.parquet']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('does not end as Parquet files do')]);
    }
  });

  test('other formats are written from it, and it from them', async () => {
    await made();
    await ok(['protect', 't.parquet', '--column', 'ssn=deSSN', '--format', 'csv', '--out', 'out/']);
    await ok(['unprotect', 'out/t.csv', '--column', 'ssn=deSSN', '--format', 'parquet', '--out', 'back/']);
    const columns = 'select id, ssn, name, born, salary from';
    expect(await duckdb(`${columns} '${at('back/t.parquet')}'`)).toEqual(
      (await duckdb(`${columns} '${at('t.parquet')}'`)).map((row) =>
        row.map((cell, i) => (i === 4 ? Number(cell) : cell)),
      ),
    );
  });
});

describe('rejects', () => {
  const bad = `id,ssn,card\n1,944074214,4111111111111111\n2,12,4012888888881881\n3,,\n4,951089204,x\n5,951089204,4111111111111111,extra\n6,12,x\n7,951089204,4012888888881881\n`;
  const COLUMNS = ['--column', 'ssn=deSSN', 'card=deCCN', '--delimiter', ','];

  test('leave rows out whole, name no value, and count in the trail what they are', async () => {
    write('x.csv', bad);
    const { code, stdout, stderr } = await run([
      'protect',
      'x.csv',
      ...COLUMNS,
      '--out',
      'out.csv',
      '--rejects',
      'bad.csv',
      '--json',
    ]);
    expect(code).toBe(1);
    expect(
      text('out.csv')
        .split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['id', '1', '3', '7', '']);
    expect(
      text('bad.csv')
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(1, 4)),
    ).toEqual([
      ['2', 'ssn', 'INPUT_TOO_SHORT'],
      ['4', 'card', 'CARD_INVALID'],
      ['5', '""', 'ROW_SHAPE'],
      ['6', 'ssn', 'INPUT_TOO_SHORT'],
    ]);
    expect(stdout + stderr + text('bad.csv')).not.toMatch(/944074214|4012888/);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 7, rejected: 4, values: 4 });
    expect(facts()).toEqual([
      ['Protect', 'deSSN', 6, 2, 'file:x.csv:ssn'],
      ['Protect', 'deCCN', 6, 2, 'file:x.csv:card'],
      ['Protect', 'deSSN', 22, 2, 'file:x.csv:ssn'],
      ['Protect', 'deCCN', 44, 1, 'file:x.csv:card'],
    ]);
  });

  test('by default the first bad value ends the job: nothing is written, and the trail says where', async () => {
    write('x.csv', bad);
    const { code, stderr } = await run(['protect', 'x.csv', ...COLUMNS, '--out', 'out/x.csv']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/row \d+.*--rejects FILE leaves such rows out/)]);
    expect(readdirSync(at('out'))).toEqual([]);
    expect(facts().filter(([, , auditCode]) => auditCode === 6)).toEqual([]);
  });

  test('a bad value is recorded with its row', async () => {
    write('x.csv', 'id,ssn\n1,944074214\n2,12\n');
    await run(['protect', 'x.csv', '--delimiter', ',', '--column', 'ssn=deSSN', '--out', 'out.csv']);
    expect(records()).toMatchObject([
      { cnt: 1, protection: { audit_code: 22 }, additional_info: { description: expect.stringContaining('(row 1)') } },
    ]);
  });
});

describe('what is refused before anything is read', () => {
  test.each([
    ['a user without the right', ['--user', 'nobody', '--column', 'ssn=deSSN'], 1, 'column ssn'],
    ['an element that is not there', ['--column', 'ssn=deNothing'], 1, 'deNothing'],
    ['no column', [], 2, 'No column is named'],
    ['a column twice', ['--column', 'ssn=deSSN', 'ssn=deName'], 2, 'Column ssn is given twice'],
    ['a pair for protect', ['--column', 'ssn=deSSN:deName'], 2, 'look like ssn=deSSN'],
    [
      'a column that is not there',
      ['--column', 'sn=deSSN'],
      1,
      'there is no column sn: the columns are id, name, ssn, city',
    ],
    ['a delimiter that is no text', ['--column', 'ssn=deSSN', '--delimiter', 'äö'], 2, '--delimiter takes'],
    ['an unknown encoding', ['--column', 'ssn=deSSN', '--encoding', 'ebcdic-9'], 1, 'is no known encoding'],
  ])('%s', async (_, args, exit, message) => {
    write('people.csv', people(10));
    const { code, stderr } = await run(['protect', 'people.csv', ...args, '--out', 'out.csv']);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
    expect(readdirSync(folder)).toEqual(['people.csv']);
  });

  test('outputs that are there, and an output over its input', async () => {
    write('people.csv', people(10));
    write('out.csv', 'mine');
    const there = await run(['protect', 'people.csv', '--column', 'ssn=deSSN', '--out', 'out.csv']);
    expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('out.csv exists and is not overwritten')]);
    const itself = await run(['protect', 'people.csv', '--column', 'ssn=deSSN', '--out', './']);
    expect([itself.code, itself.stderr]).toEqual([2, expect.stringContaining('would be written over itself')]);
    expect(text('out.csv')).toBe('mine');
  });

  test('a refused user is in the trail', async () => {
    write('people.csv', people(10));
    await run(['protect', 'people.csv', '--user', 'nobody', '--column', 'ssn=deSSN', '--out', 'out.csv']);
    expect(facts()).toEqual([['Protect', 'deSSN', 1, 0, expect.stringContaining('file:')]]);
  });
});

test('reprotect moves values from one key version to the next', async () => {
  const own = mkdtempSync(join(tmpdir(), 'files-moved-'));
  try {
    await prepare(['init', '--dir', 'made'], { cwd: own });
    writeFileSync(join(own, 'x.csv'), 'id,ssn\n1,944-07-4214\n');
    const column = ['--delimiter', ',', '--jobs', '1', '--dir', 'made', '--column'];
    await prepare(['protect', 'x.csv', ...column, 'ssn=deSSN', '--out', 'old.csv'], { cwd: own });
    await prepare(['keys', 'rotate', '--dir', 'made'], { cwd: own });
    await prepare(['policy', 'rotate', 'deSSN', '--dir', 'made'], { cwd: own });
    await prepare(['policy', 'seal', '--dir', 'made'], { cwd: own });
    await prepare(['reprotect', 'old.csv', ...column, 'ssn=deSSN@1:deSSN', '--out', 'new.csv'], { cwd: own });
    await prepare(['unprotect', 'new.csv', ...column, 'ssn=deSSN', '--out', 'clear.csv'], { cwd: own });
    const [old, moved, clear] = ['old.csv', 'new.csv', 'clear.csv'].map((name) =>
      readFileSync(join(own, name), 'utf8'),
    );
    expect(moved).not.toBe(old);
    expect(clear).toBe('id,ssn\n1,944-07-4214\n');
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});
