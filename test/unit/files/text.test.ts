import { describe, expect, test } from '@jest/globals';
import { JobProgress, progressText } from '../../../functions/cli/jobs/progress.ts';
import { cutPieces } from '../../../lib/files/cut-pieces.ts';
import { wantedColumn, wantedColumns } from '../../../lib/files/columns.ts';
import { csvFormat } from '../../../lib/files/csv/format.ts';
import { readCsvHeader } from '../../../lib/files/csv/header.ts';
import { jsonFormat } from '../../../lib/files/json/format.ts';
import { pathTree } from '../../../lib/files/json/paths.ts';
import { type TextFormat, TextPieces } from '../../../lib/files/text-piece.ts';
import { decodeUtf8, encodeUtf8 } from '../../../lib/files/utf8.ts';
import { bufferedIo } from '../../support/command.ts';
import { changing } from '../../support/files.ts';

const layout = expect.objectContaining({ code: 'FILES_LAYOUT' });

/** Puts brackets around the values of a text, and lists the rejected rows. */
async function bracketed(format: TextFormat, text: string, columns = 1): Promise<{ out: string; rejects: string[] }> {
  const bytes = new Uint8Array([...Buffer.from(text), 0]);
  const pieces = new TextPieces(
    format,
    changing(columns, (value) => `[${value}]`),
    columns,
    true,
  );
  const { bytes: out, rejects } = await pieces.run(bytes, bytes.length - 1);
  return { out: Buffer.from(out).toString(), rejects: rejects.map(({ row, code }) => `${row} ${code}`) };
}

const change = (paths: readonly string[], text: string) => bracketed(jsonFormat(pathTree(paths)), text, paths.length);

describe('JSON lines', () => {
  test.each([
    ['a member', ['$.a'], '{"a":"x","b":"x"}', '{"a":"[x]","b":"x"}'],
    ['a plain name', ['a.b'], '{"a.b":"x","a":{"b":"x"}}', '{"a.b":"[x]","a":{"b":"x"}}'],
    ['a quoted name', ["$['a b'].c"], '{"a b":{"c":"x"}}', '{"a b":{"c":"[x]"}}'],
    ['every item', ['$.a[*]'], '{"a":["x","y"]}', '{"a":["[x]","[y]"]}'],
    ['one item', ['$.a[1]'], '{"a":["x","y","z"]}', '{"a":["x","[y]","z"]}'],
    ['lists in lists', ['$.a[*][*].b'], '{"a":[[{"b":"x"}],[],[{"b":"y"}]]}', '{"a":[[{"b":"[x]"}],[],[{"b":"[y]"}]]}'],
    ['a name that is given twice', ['$.a'], '{"a":"x","a":"y"}', '{"a":"[x]","a":"[y]"}'],
    ['an escaped name', ['$.ab'], String.raw`{"a\u0062":"x"}`, String.raw`{"a\u0062":"[x]"}`],
    ['an escaped value', ['$.a'], String.raw`{"a":"x\"\u00e9\n"}`, String.raw`{"a":"[x\"é\n]"}`],
    ['a lone surrogate', ['$.a'], String.raw`{"a":"\ud800"}`, String.raw`{"a":"[\ud800]"}`],
    [
      'null, and blanks everywhere',
      ['$.a'],
      ' { "a" : null , "b" : [ 1 , -0.5e+3 ] } ',
      ' { "a" : null , "b" : [ 1 , -0.5e+3 ] } ',
    ],
    ['two paths', ['$.b', '$.a'], '{"a":"x","b":"y"}', '{"a":"[x]","b":"[y]"}'],
    ['a document that is a list', ['$[*].a'], '[{"a":"x"}]', '[{"a":"[x]"}]'],
  ])('%s is found where it is', async (_, paths, text, out) => {
    expect(await change(paths, `${text}\n`)).toEqual({ out: `${out}\n`, rejects: [] });
  });

  test.each([
    '{"a":"x"',
    '{"a":"x"}}',
    '{"a" "x"}',
    '{a:1}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":1e}',
    '{"a":nul}',
    '{"a":"\t"}',
    String.raw`{"a":"\x"}`,
    String.raw`{"a":"\u12g4"}`,
    '{"a":"x",}',
    '[1,]',
    '"a',
    'x',
  ])('%s is no document, as JSON.parse says', async (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(await change(['$.a'], `${text}\n{"a":"y"}\n`)).toEqual({ out: '{"a":"[y]"}\n', rejects: ['0 ROW_JSON'] });
  });

  test('a document that is nested too deep is rejected', async () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    expect(await change(['$.a'], `${deep}\n`)).toEqual({ out: '', rejects: ['0 ROW_DEPTH'] });
  });

  test.each([['{"a":{}}'], ['{"a":[]}'], ['{"a":true}'], ['{"a":false}']])(
    '%s has no value at the path',
    async (text) => {
      expect(await change(['$.a'], text)).toEqual({ out: '', rejects: ['0 WRONG_DATATYPE'] });
    },
  );

  test.each([['$'], ['$.'], ['$.a.'], ['$..a'], ['$[?(@.a)]'], ['$.a[-1]'], ['$.*']])('%s is no path', (path) => {
    expect(() => pathTree([path])).toThrow(layout);
  });

  test.each([[['$.a', '$.a']], [['$.a', '$.a.b']], [['$.a[*]', '$.a[0]']]])('%s overlap', (paths) => {
    expect(() => pathTree(paths)).toThrow(layout);
  });
});

describe('CSV', () => {
  const DIALECT = { delimiter: ',', quote: '"', escape: '"', comment: '#', skip: 0, header: true, nulls: ['NA'] };
  const format = csvFormat(DIALECT, { fields: 3, columnOf: Int16Array.of(-1, 0, -1) });

  test.each([
    ['too few fields', '1,x\n', 'ROW_SHAPE'],
    ['too many fields', '1,x,y,z\n', 'ROW_SHAPE'],
    ['text behind a quote', '1,"x"y,z\n', 'ROW_QUOTES'],
    ['quotes that do not close', '1,"x,y\n', 'ROW_QUOTES'],
  ])('a row with %s is rejected, with every byte of it', async (_, row, code) => {
    expect(await bracketed(format, `0,a,b\n${row}`)).toEqual({ out: '0,[a],b\n', rejects: [`1 ${code}`] });
  });

  test.each([
    ['a delimiter', 'a,b', '"[a,b]"'],
    ['a quote', 'a"b', '"[a""b]"'],
    ['a line end', 'a\nb', '"[a\nb]"'],
  ])('a value that gets %s gets quotes', async (_, value, written) => {
    const bytes = new Uint8Array(Buffer.from('0,x,b\n\0'));
    const pieces = new TextPieces(
      format,
      changing(1, () => `[${value}]`),
      1,
      true,
    );
    const { bytes: out } = await pieces.run(bytes, bytes.length - 1);
    expect(Buffer.from(out).toString()).toBe(value === 'a"b' ? '0,[a"b],b\n' : `0,${written},b\n`);
  });

  test.each([
    ['nothing', '', '""'],
    ['a text that stands for NULL', 'NA', '"NA"'],
    ['what begins like a comment', '#a', '"#a"'],
    ['what begins like a quote', '"a', '"""a"'],
  ])('a value that becomes %s cannot be read as something else', async (_, value, written) => {
    const bytes = new Uint8Array(Buffer.from('0,x,b\n\0'));
    const { bytes: out } = await new TextPieces(
      format,
      changing(1, () => value),
      1,
      true,
    ).run(bytes, bytes.length - 1);
    expect(Buffer.from(out).toString()).toBe(`0,${written},b\n`);
  });

  test('an empty value in front of another one is written as an empty text, not as NULL', async () => {
    const bytes = new Uint8Array(Buffer.from('0,x,b\n1,y,c\n\0'));
    const emptied = changing(1, (value) => (value === 'x' ? '' : value));
    const { bytes: out } = await new TextPieces(format, emptied, 1, true).run(bytes, bytes.length - 1);
    expect(Buffer.from(out).toString()).toBe('0,"",b\n1,y,c\n');
  });

  test('a value that needs quotes is refused where the dialect has none', async () => {
    const bare = csvFormat(
      { ...DIALECT, quote: undefined, escape: undefined },
      { fields: 2, columnOf: Int16Array.of(-1, 0) },
    );
    const bytes = new Uint8Array(Buffer.from('0,x\n\0'));
    const run = new TextPieces(
      bare,
      changing(1, () => 'a,b'),
      1,
      true,
    ).run(bytes, bytes.length - 1);
    await expect(run).rejects.toMatchObject({ code: 'FILES_LAYOUT' });
  });

  test('a header that does not end is refused', () => {
    const bytes = new Uint8Array(Buffer.from(`${'a,'.repeat(100)}\0`));
    expect(() => readCsvHeader(bytes, bytes.length - 1, false, DIALECT)).toThrow(layout);
  });
});

const lines = (bytes: Uint8Array, to: number): number => bytes.subarray(0, to).lastIndexOf(0x0a) + 1;

describe('pieces', () => {
  test('hold whole rows, whatever the chunks, and together every byte', async () => {
    const text = `${'a'.repeat(50)}\n${'b\n'.repeat(40)}${'c'.repeat(200)}\nend`;
    for (const size of [1, 3, 64, 1000]) {
      const chunks = (async function* () {
        for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
      })();
      const pieces: string[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one after another
      for await (const { bytes, to } of cutPieces(chunks, 60, lines))
        pieces.push(Buffer.from(bytes.subarray(0, to)).toString());
      expect(pieces.join('')).toBe(text);
      expect(pieces.slice(0, -1).filter((piece) => !piece.endsWith('\n'))).toEqual([]);
    }
  });
});

describe('UTF-8', () => {
  test.each(['', 'abc', 'Zoë', '東京', '🦊x', '\ufeff', '\u0000'])('%j comes back', (text) => {
    const bytes = Buffer.from(text);
    const units = new Uint16Array(bytes.length);
    const length = decodeUtf8(bytes, 0, bytes.length, units, 0);
    expect(String.fromCharCode(...units.subarray(0, length))).toBe(text);
    const out = new Uint8Array(3 * length);
    expect(Buffer.from(out.subarray(0, encodeUtf8(units, 0, length, out, 0)))).toEqual(bytes);
  });

  test.each([
    ['a lone continuation', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['an overlong form of three', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a cut character', [0xe6, 0x9d]],
    ['a byte of no character', [0xff]],
  ])('%s is refused', (_, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes), 0, bytes.length, new Uint16Array(8), 0)).toBe(-1);
  });
});

describe('columns', () => {
  test('are read with their elements', () => {
    expect(wantedColumn('a=b=deSSN', 'Protect')).toEqual({ name: 'a=b', element: 'deSSN', oldElement: undefined });
    expect(wantedColumn('ssn=deSSN@1:deSSN', 'Reprotect')).toEqual({
      name: 'ssn',
      element: 'deSSN',
      oldElement: 'deSSN@1',
    });
    expect(wantedColumns({ ssn: 'deSSN' }, 'Protect')).toHaveLength(1);
  });

  test.each(['ssn', '=deSSN', 'ssn=', 'ssn=a:b', 'ssn=a:b:c'])('%s is none', (text) => {
    expect(() => wantedColumn(text, 'Protect')).toThrow(layout);
  });

  test.each([[[]], ['x'], [{ ssn: 1 }]])('%j is no map', (map) => {
    expect(() => wantedColumns(map, 'Protect')).toThrow(layout);
  });
});

test('progress counts the speed of this run alone, and cleans the line of a terminal', () => {
  const shown: string[] = [];
  const stderr = {
    write: (text: string | Uint8Array) => shown.push(String(text)),
    isTerminal: true,
    hasColour: false,
    columns: 80,
  };
  let nowMs = 0;
  const { io } = bufferedIo({ cwd: '/' }, { stderr, nowMs: () => nowMs });
  const progress = new JobProgress(io, [100, 300]);
  nowMs = 2000;
  progress.update(0, { rows: 10, values: 50, valuesNow: 20, done: 1 });
  progress.update(1, { rows: 5, values: 25, valuesNow: 20, done: 0.5 });
  progress.show();
  progress[Symbol.dispose]();
  expect(shown[0]).toContain(' 62 %, 15 rows, 75 values, 20 values/s, 2 s left');
  expect(shown.at(-1)).toBe('\r\u001b[K');
});

test('progress says rows, values, speed and what is left', () => {
  const figures = { rows: 1000, values: 5000, valuesNow: 4000, elapsedMs: 2000 };
  expect(progressText({ ...figures, share: 0.25, hasBar: true })).toBe(
    '[######..................]  25 %, 1,000 rows, 5,000 values, 2,000 values/s, 6 s left',
  );
  expect(progressText({ ...figures, share: undefined, hasBar: false })).toBe(
    '1,000 rows, 5,000 values, 2,000 values/s',
  );
});
