// CSV as it comes: each file is sniffed, its marked values are replaced, and every other byte must stay.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cutPieces } from '../../lib/files/cut-pieces.ts';
import { type Dialect, dialectBytes } from '../../lib/files/csv/dialect.ts';
import { csvFormat } from '../../lib/files/csv/format.ts';
import { columnsOfFields, readCsvHeader } from '../../lib/files/csv/header.ts';
import { lastRecordEnd } from '../../lib/files/csv/scan-records.ts';
import { TextPieces } from '../../lib/files/text-piece.ts';
import { sniffCsv } from '../../lib/local/files/sniff-csv.ts';
import { changing } from '../support/files.ts';

interface Example {
  /** The file; «…» marks each value of the column `ssn` that is to be replaced. */
  readonly text: string;
  /** @default 'ssn' */
  readonly column?: string;
  /** What the sniffer is told, or all of the dialect. @default nothing */
  readonly dialect?: Partial<Dialect>;
  /** How a replaced value is written, from the marked text. @default between brackets */
  readonly written?: (marked: string) => string;
}

const rows = (line: (i: number) => string, count = 20): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');
const ssn = (i: number): string => `«${String(100_000_000 + 7919 * i)}»`;
const PLAIN: Dialect = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  comment: undefined,
  skip: 0,
  header: true,
  nulls: [],
};

const EXAMPLES: Readonly<Record<string, Example>> = {
  comma: { text: `id,ssn,city\n${rows((i) => `${i},${ssn(i)},Rome\n`)}` },
  'no line end at the end': { text: `id,ssn,city\n${rows((i) => `${i},${ssn(i)},Rome\n`)}9,«5»,Oslo` },
  semicolon: { text: `id;ssn;city\n${rows((i) => `${i};${ssn(i)};Rome\n`)}` },
  tab: { text: `id\tssn\tcity\n${rows((i) => `${i}\t${ssn(i)}\tRome\n`)}` },
  pipe: { text: `id|ssn|city\n${rows((i) => `${i}|${ssn(i)}|Rome\n`)}` },
  'a delimiter of two characters': {
    text: `id||ssn||city\n${rows((i) => `${i}||${ssn(i)}||a|b\n`)}`,
    dialect: { ...PLAIN, delimiter: '||' },
  },
  'a delimiter of four characters': {
    text: `id<|>~ssn<|>~city\n${rows((i) => `${i}<|>~${ssn(i)}<|>~a<|b\n`)}`,
    dialect: { ...PLAIN, delimiter: '<|>~' },
  },
  'the unit separator': {
    text: `id\u001fssn\u001fcity\n${rows((i) => `${i}\u001f${ssn(i)}\u001fRome\n`)}`,
    dialect: { ...PLAIN, delimiter: '\u001f' },
  },
  'blanks as delimiter': {
    text: `id ssn city\n${rows((i) => `${i} ${ssn(i)} Rome\n`)}`,
    dialect: { ...PLAIN, delimiter: ' ' },
  },
  'CRLF line ends': { text: `id,ssn,city\r\n${rows((i) => `${i},${ssn(i)},Rome\r\n`)}` },
  'CR line ends': { text: `id,ssn,city\r${rows((i) => `${i},${ssn(i)},Rome\r`)}` },
  'CRLF with the column at the end': { text: `id,ssn\r\n${rows((i) => `${i},${ssn(i)}\r\n`)}` },
  'mixed line ends': { text: `id,ssn\n1,«2»\r\n3,«4»\n5,«6»\r7,«8»\n`, dialect: PLAIN },
  'all fields quoted': { text: `"id","ssn","city"\n${rows((i) => `"${i}","${ssn(i)}","Rome"\n`)}` },
  'some fields quoted': {
    text: `id,ssn,city\n${rows((i) => (i % 2 ? `${i},"${ssn(i)}",Rome\n` : `${i},${ssn(i)},"Rome"\n`))}`,
  },
  'delimiters inside quotes': { text: `id,note,ssn\n${rows((i) => `${i},"a,b,c",${ssn(i)}\n`)}` },
  'line ends inside quotes': { text: `id,note,ssn\n${rows((i) => `${i},"a\nb\r\nc",${ssn(i)}\n`)}` },
  'doubled quotes beside the value': { text: `id,note,ssn\n${rows((i) => `${i},"a ""b"" c",${ssn(i)}\n`)}` },
  'doubled quotes inside the value': {
    text: `id,ssn,city\n${rows((i) => `${i},"«1""${i}»",Rome\n`)}`,
    written: (marked) => `[${marked}]`,
  },
  'a backslash in front of quotes': { text: `id,note,ssn\n${rows((i) => `${i},"a \\"b, c",${ssn(i)}\n`)}` },
  'a backslash in front of quotes inside the value': {
    text: `id,ssn,city\n${rows((i) => `${i},"«1\\"${i}»",Rome\n`)}`,
    dialect: { ...PLAIN, escape: '\\' },
  },
  'single quotes': { text: `id;ssn;note\n${rows((i) => `${i};'${ssn(i)}';'a;b'\n`)}` },
  'doubled single quotes': { text: `id;note;ssn\n${rows((i) => `${i};'it''s; here';${ssn(i)}\n`)}` },
  'no quotes at all, and quotes as text': {
    text: `id|note|ssn\n${rows((i) => `${i}|5" pipe|${ssn(i)}\n`)}`,
    dialect: { ...PLAIN, delimiter: '|', quote: undefined, escape: undefined },
  },
  'a quote inside a field without quotes': {
    text: `id,note,ssn\n${rows((i) => `${i},5" pipe,${ssn(i)}\n`)}`,
    dialect: PLAIN,
  },
  comments: {
    text: `# a table, made by hand\n# of people\nid,ssn\n${rows((i) => `${i},${ssn(i)}\n`)}# the end\n`,
    dialect: { ...PLAIN, comment: '#' },
  },
  'lines in front of the header': {
    text: `Report of 2026\nconfidential\nid,ssn\n${rows((i) => `${i},${ssn(i)}\n`)}`,
    dialect: { ...PLAIN, skip: 2 },
  },
  'blank lines': { text: `id,ssn\n\n1,«2»\n\n\n3,«4»\n\n`, dialect: PLAIN },
  'no header': { text: rows((i) => `${i},${ssn(i)},Rome\n`), column: 'column1' },
  'no header, one column': {
    text: rows((i) => `${ssn(i)}\n`),
    column: 'column0',
    dialect: { ...PLAIN, header: false },
  },
  'one column': { text: `ssn\n${rows((i) => `${ssn(i)}\n`)}`, dialect: PLAIN },
  'a byte order mark': { text: `\ufeffid,ssn\n${rows((i) => `${i},${ssn(i)}\n`)}` },
  'a byte order mark in front of the column': { text: `\ufeffssn,id\n${rows((i) => `${ssn(i)},${i}\n`)}` },
  'empty fields and empty texts': { text: `id,ssn,city\n${rows((i) => `${i},${ssn(i)},x\n`)}1,,\n2,"",""\n3,«7»,\n` },
  'NULL as backslash N': { text: `id,ssn\n1,\\N\n2,«3»\n4,\\N\n`, dialect: { ...PLAIN, nulls: ['\\N'] } },
  'NULL as NA, and NA between quotes as text': {
    text: `id,ssn\n1,NA\n2,"«NA»"\n4,«NAB»\n`,
    dialect: { ...PLAIN, nulls: ['NA'] },
  },
  'names with blanks and quotes': {
    text: `"the id","the ""ssn"""\n${rows((i) => `${i},${ssn(i)}\n`)}`,
    column: 'the "ssn"',
  },
  'text beyond ASCII': { text: `id;ssn;Stadt\n${rows((i) => `${i};«Zoë ${i} Łódź 東京 🦊»;Köln\n`)}` },
  'the value last, empty fields before': { text: `a,b,c,ssn\n${rows((i) => `,,,${ssn(i)}\n`)}`, dialect: PLAIN },
  'a value that needs quotes once it is replaced': {
    text: `id,ssn\n1,«a»\n2,«b»\n`,
    dialect: { ...PLAIN, delimiter: ',', comment: '[' },
    written: (marked) => `"[${marked}]"`,
  },
  'three hundred columns': {
    text: `${Array.from({ length: 299 }, (_, i) => `c${i}`).join(',')},ssn\n${rows((i) => `${'x,'.repeat(299)}${ssn(i)}\n`)}`,
  },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialects-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('there are at least 40 dialects', () => {
  expect(Object.keys(EXAMPLES).length).toBeGreaterThanOrEqual(40);
});

test.each(Object.entries(EXAMPLES))('replaces the values and keeps every other byte: %s', async (name, example) => {
  const clear = Buffer.from(example.text.replaceAll(/[«»]/g, ''));
  const written = example.written ?? ((marked: string): string => `[${marked}]`);
  const expected = example.text.replaceAll(/«([^»]*)»/g, (_, marked: string) => written(marked));
  const dialect = await dialectOf(clear, example);
  for (const pieceBytes of [64 * 1024, 40]) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    expect([name, await protectedText(clear, dialect, example.column ?? 'ssn', pieceBytes)]).toEqual([name, expected]);
  }
});

async function dialectOf(clear: Buffer, { dialect }: Example): Promise<Dialect> {
  if (dialect?.delimiter !== undefined) return dialect as Dialect;
  const path = join(folder, 'sample.csv');
  writeFileSync(path, clear);
  return { ...(await sniffCsv(path)), ...dialect };
}

/** Protects the file in pieces of a few bytes or all at once: records must not depend on where they are cut. */
async function protectedText(clear: Buffer, dialect: Dialect, column: string, pieceBytes: number): Promise<string> {
  const sample = new Uint8Array(clear.length + 1);
  sample.set(clear);
  const { prefix, names } = readCsvHeader(sample, clear.length, true, dialect);
  const columnOf = columnsOfFields(names, [column]);
  const pieces = new TextPieces(
    csvFormat(dialect, { fields: names.length, columnOf }),
    changing(1, (value) => `[${value}]`),
    1,
    false,
  );
  const bytes = dialectBytes(dialect);
  let out = clear.toString('utf8', 0, prefix);
  const chunks = (async function* () {
    for (let at = prefix; at < clear.length; at += 7) yield clear.subarray(at, Math.min(clear.length, at + 7));
  })();
  for await (const { bytes: piece, to } of cutPieces(chunks, pieceBytes, (part, end) =>
    lastRecordEnd(part, 0, end, bytes),
  )) {
    out += Buffer.from((await pieces.run(piece, to)).bytes).toString();
  }
  return out;
}
