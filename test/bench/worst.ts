// npm run bench -- --worst: what the worst known inputs cost for each byte, against the usual input of the same door. A byte
// is one of the request once it is unzipped: a value and the five bytes around it. A ratio above ten fails.

import { gzipSync } from 'node:zlib';
import type { Cell, Column } from '../../lib/base/cell.ts';
import { parseExactly } from '../../lib/base/json.ts';
import { readSource } from '../../lib/document/source.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { countBadValues, findBadValues } from '../../lib/protect/bad-values.ts';
import { type KinesisEventRecord, linesOfRecords } from '../../lib/wire/kinesis.ts';
import { readGatewayBody } from '../../lib/wire/gateway.ts';
import { MAX_BODY_BYTES } from '../../lib/wire/limits.ts';
import { parseBody, readSnowflakeBody } from '../../lib/wire/snowflake/body.ts';
import { tallyBody } from '../../lib/wire/snowflake/tally.ts';
import { Random } from '../fuzz/random.ts';
import { redshiftEvent, redshiftFunction, samplePolicy, snowflakeEvent, snowflakeFunction } from './environment.ts';
import type { Figure, Section } from './figures.ts';
import { benchCases } from './methods.ts';
import { largePolicy } from './policies.ts';

/** The most that a byte of any input may cost, in bytes of the usual input. */
const MOST = 10;
/** Bytes of a sample: enough that what a request costs at least, some milliseconds, does not count. */
const BYTES = 1_000_000;
/** Bytes around a value in a request. */
const AROUND = 5;

/** An input, and the work on it. A refusal is an outcome as good as another. */
interface Input {
  readonly name: string;
  readonly bytes: number;
  readonly run: () => unknown;
}

/** A door with its usual input and its worst ones. */
interface Door {
  readonly name: string;
  readonly usual: Input;
  readonly worst: readonly Input[];
}

const random = new Random(7);

/** Measures every door; the figures are ratios of processor time for each byte. */
export async function worstSection(only?: string): Promise<Section> {
  const figures: Figure[] = [];
  for (const door of [...frontEnds(), ...parsers(), ...methods()]) {
    if (only !== undefined && !door.name.includes(only)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    figures.push(...(await ratiosOf(door)));
  }
  return { title: `Worst inputs: processor time for each byte, against the usual input of the door`, figures };
}

async function ratiosOf({ name, usual, worst }: Door): Promise<Figure[]> {
  const base = (await secondsOf(usual, 5)) / usual.bytes;
  const figures: Figure[] = [];
  for (const input of worst) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const median = (await secondsOf(input, 2)) / input.bytes / base;
    figures.push({
      name: `${name}: ${input.name}`,
      unit: '×',
      median,
      best: median,
      target: `≤ ${MOST} ×`,
      ok: median <= MOST,
    });
  }
  return figures;
}

/** The least processor time of several runs, in seconds: other load on the machine does not count. */
async function secondsOf({ run }: Input, runs: number): Promise<number> {
  let least = Infinity;
  for (let i = 0; i <= runs; i++) {
    const before = process.cpuUsage();
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      await run();
    } catch {
      // Refused, which is what most of these inputs deserve.
    }
    const { user, system } = process.cpuUsage(before);
    // The first run is the compiler's.
    if (i > 0) least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

function filled(value: (row: number) => Cell, bytes = BYTES): Cell[] {
  const column: Cell[] = [];
  for (let size = 0; size < bytes; ) {
    const cell = value(column.length);
    column.push(cell);
    size += AROUND + (typeof cell === 'string' ? Buffer.byteLength(cell) : 4);
  }
  return column;
}

function bytesOf(column: Column): number {
  return column.reduce<number>(
    (sum, cell) => sum + AROUND + (typeof cell === 'string' ? Buffer.byteLength(cell) : 4),
    0,
  );
}

const LENGTHS = [1, 3, 7, 24, 64, 200, 400, 1024, 1360, 4080];
/** Letters in front of marks that compose with some of them. */
const MARKED = ['\u0301', '\u0308', '\u0300', '\u0327'];

function input(name: string, column: Column, run: () => unknown): Input {
  return { name, bytes: bytesOf(column), run };
}

/** Every kind of element, with values of its own characters. */
function methods(): Door[] {
  return benchCases().map(({ name, method, values, iv }): Door => {
    const symbols = [...new Set(values.slice(0, 200).flatMap((value) => Array.from(String(value))))];
    const protect = (column: Column) => () => method.protect(column, iv);
    const usual = filled((row) => values[row % values.length]!);
    const textOf = (length: number): string => random.text(symbols, length);
    const lengths = LENGTHS.map((length) => ({ what: `${length} characters`, column: filled(() => textOf(length)) }));
    const others = [
      { what: 'each length once', column: filled((row) => textOf(7 + row)) },
      { what: 'null', column: filled(() => null) },
      { what: 'empty', column: filled(() => '') },
      { what: 'numbers', column: filled(() => 123_456) },
      {
        what: 'letters with marks',
        column: filled(() =>
          symbols
            .slice(0, 20)
            .map((symbol) => symbol + random.pick(MARKED))
            .join(''),
        ),
      },
    ];
    const damaged = [1, 2, 20, 200].map((every) => ({
      what: `one bad value of ${every}`,
      column: filled((row) => (row % every === every - 1 ? '\ud800ب' : values[row % values.length]!)),
    }));
    const counted = (column: Column) => () => countBadValues(column, (part) => void method.protect(part, iv));
    const checked = (column: Column) => () =>
      findBadValues(
        column,
        (part) => void method.protect(part, iv),
        column.length,
        () => true,
      );
    return {
      name,
      usual: input('usual', usual, protect(usual)),
      worst: [
        ...[...lengths, ...others].map(({ what, column }) => input(what, column, protect(column))),
        ...damaged.map(({ what, column }) => input(`${what}, counted`, column, counted(column))),
        ...damaged.map(({ what, column }) => input(`${what}, checked`, column, checked(column))),
      ],
    };
  });
}

const ssn = (): string => `${random.between(100, 899)}-${random.between(10, 99)}-${random.between(1000, 9999)}`;

function snowflakeBody(cell: (row: number) => string, bytes = BYTES): string {
  const rows: string[] = [];
  for (let size = 0; size < bytes; size += rows.at(-1)!.length + 1) rows.push(`[${rows.length},${cell(rows.length)}]`);
  return `{"data":[${rows.join(',')}]}`;
}

/** Zipped rows of so many megabytes: members of a gzip stream follow one another. */
function zipped(part: string, megabytes: number): string {
  const rows = gzipSync(part.repeat(2 ** 20 / part.length));
  return Buffer.concat([gzipSync('{"data":['), ...Array<Buffer>(megabytes).fill(rows)]).toString('base64');
}

function frontEnds(): Door[] {
  const policy = samplePolicy();
  const snowflake = snowflakeFunction(policy);
  const redshift = redshiftFunction(policy);
  const send = (
    name: string,
    body: string,
    options: { element?: string; bytes?: number; user?: string } = {},
  ): Input => {
    const next = snowflakeEvent('PROTECT', options.element ?? 'deSSN', body);
    const event = () => ({ ...next(), ...(options.bytes !== undefined && { isBase64Encoded: true }) });
    return { name, bytes: options.bytes ?? body.length, run: () => snowflake(event()) };
  };
  const ask = (name: string, column: readonly string[]): Input => ({
    name,
    bytes: bytesOf(column),
    run: () => redshift(JSON.parse(JSON.stringify(redshiftEvent('pty_protect_deSSN', column)))),
  });
  const usual = snowflakeBody(() => `"${ssn()}"`);
  return [
    {
      name: 'Snowflake',
      usual: send('usual', usual),
      worst: [
        send(
          'rows of numbers',
          snowflakeBody(() => '1'),
        ),
        send('rows out of order', `{"data":[${'[1,2],'.repeat(BYTES / 6)}[1,2]]}`),
        send(
          'many arguments',
          snowflakeBody(() => Array<string>(500).fill('1').join(',')),
        ),
        send(
          'text behind numbers',
          snowflakeBody((row) => (row === 50_000 ? '1' : `"${ssn()}"`)),
        ),
        send(
          'escapes',
          snowflakeBody(() => `"${'\\u0031'.repeat(9)}"`),
        ),
        send('blanks', `{"data":${' '.repeat(BYTES)}[[0,"123456789"]]}`),
        send('levels', '['.repeat(BYTES)),
        send('members', `{${Array.from({ length: BYTES / 12 }, (_, i) => `"${i}":1`).join(',')}}`),
        send('48 MB in 98 KB', zipped('[1,2],', 48), { bytes: MAX_BODY_BYTES }),
        send('16 MB in 33 KB', zipped('[1,2],', 16), { bytes: 16 * 2 ** 20 }),
        send(
          'long names of places',
          snowflakeBody(() => `"${'ä'.repeat(1000)}"`),
          { element: 'deName' },
        ),
      ],
    },
    {
      name: 'Redshift',
      usual: ask('usual', filled(() => ssn()) as string[]),
      worst: [
        ask('digits of 4,000', filled(() => '1'.repeat(4000)) as string[]),
        ask('empty values', filled(() => '') as string[]),
        ask('bad values', filled(() => 'x') as string[]),
      ],
    },
  ];
}

function text(name: string, content: string, read: (content: string) => unknown): Input {
  return { name, bytes: content.length, run: () => read(content) };
}

const json = (content: string): unknown => readSource(content, 'json');
const yaml = (content: string): unknown => readSource(content, 'yaml');

function recordOf(bytes: Buffer): KinesisEventRecord {
  const data = bytes.toString('base64');
  return { eventID: 'x', kinesis: { data, sequenceNumber: '1', approximateArrivalTimestamp: 1 } };
}

function parsers(): Door[] {
  const policy = JSON.stringify(largePolicy({ elements: 1000 }), null, 2);
  const SIZE = 500_000;
  const many = (part: string): string => part.repeat(Math.floor(SIZE / part.length));
  const numbered = (part: (i: number) => string): string =>
    Array.from({ length: SIZE / 16 }, (_, i) => part(i)).join('');
  const body = snowflakeBody(() => `"${ssn()}"`);
  const line = `${JSON.stringify({ user: 'x', cnt: 1, signature: random.text(Array.from('abcdef0123456789'), 64) })}\n`;
  const kinesis = (name: string, bytes: Buffer, unzipped = SIZE): Input => ({
    name,
    bytes: unzipped,
    run: () => linesOfRecords([recordOf(bytes)]),
  });
  const gzip = (name: string, bytes: Buffer, unzipped = body.length): Input => ({
    name,
    bytes: unzipped,
    run: () => readGatewayBody({ body: bytes.toString('base64'), isBase64Encoded: true }),
  });
  return [
    {
      name: 'JSON documents',
      usual: text('usual', policy, json),
      worst: [
        text('keys', `{${numbered((i) => `"${i}":1,`)}"x":1}`, json),
        text('levels', many('['), json),
        text('numbers', `[${many('1,')}1]`, json),
        text('lists', `[${many('[],')}[]]`, json),
        text('escapes', `"${many('\\u0041')}"`, json),
        text('a bad escape at the end', `"${many('\\n')}\\q"`, json),
        text('lines', many('\n'), json),
      ],
    },
    {
      name: 'YAML documents',
      usual: text('usual', yamlOf(2000), yaml),
      worst: [
        text(
          'keys',
          numbered((i) => `k${i}: 1\n`),
          yaml,
        ),
        text('a bad text', `a: "${many('\\q')}"`, yaml),
        text('brackets', `a: ${many(']')}`, yaml),
        text('commas', `[${many(',')}]`, yaml),
        text('levels', many('['), yaml),
        text('dashes', many('- '), yaml),
        text('aliases', `- &a 1\n${many('- *a\n')}`, yaml),
        text('empty lines', `a: |\n${many('\n')}`, yaml),
        text('colons', many('a: '), yaml),
      ],
    },
    {
      name: 'JSON of bodies, exact',
      usual: text('usual', body, parseExactly),
      worst: [
        text('numbers', `[${many('1,')}1]`, parseExactly),
        text('lists', `[${many('[],')}[]]`, parseExactly),
        text('escapes', `"${many('\\u0041')}"`, parseExactly),
      ],
    },
    {
      name: 'Snowflake bodies, without method',
      usual: { name: 'usual', bytes: body.length, run: () => parseBody(Buffer.from(body)) },
      worst: [
        {
          name: 'numbers',
          bytes: SIZE,
          run: () => readSnowflakeBody(Buffer.from(`{"data":[${many('[1,2],')}[1,2]]}`)),
        },
        { name: 'tally', bytes: SIZE, run: () => tallyBody(Buffer.from(many('[1,n],'))) },
      ],
    },
    {
      name: 'policies',
      usual: text('usual', policy, (content) => parsePolicy(JSON.parse(content))),
      worst: [
        text('unknown members', `{${numbered((i) => `"${i}":1,`)}"x":1}`, (content) =>
          parsePolicy(JSON.parse(content)),
        ),
        text('elements of nothing', `{"elements":[${many('{},')}{}]}`, (content) => parsePolicy(JSON.parse(content))),
        text('members of a group', `{"groups":[{"name":"g","members":[${many('"a",')}"a"]}]}`, (content) =>
          parsePolicy(JSON.parse(content)),
        ),
      ],
    },
    {
      name: 'Kinesis records',
      usual: kinesis('usual', gzipSync(line.repeat(SIZE / line.length))),
      worst: [
        kinesis('a gigabyte', gzipMembers(1024), 32 * 2 ** 20),
        kinesis('empty lines', gzipSync('\n'.repeat(SIZE))),
        kinesis('damaged', gzipMembers(8).subarray(0, -9), 8 * 2 ** 20),
      ],
    },
    {
      name: 'gzip',
      usual: gzip('usual', gzipSync(body)),
      worst: [
        gzip('a gigabyte', gzipMembers(1024), MAX_BODY_BYTES),
        gzip('damaged', gzipMembers(8).subarray(0, -9), 8 * 2 ** 20),
      ],
    },
  ];
}

function yamlOf(elements: number): string {
  return `elements:\n${Array.from({ length: elements }, (_, i) => `  - name: element${i}\n    type: numeric\n    shortData: error\n`).join('')}`;
}

/** So many megabytes of zeros: members of a gzip stream follow one another. */
function gzipMembers(megabytes: number): Buffer {
  return Buffer.concat(Array<Buffer>(megabytes).fill(gzipSync(Buffer.alloc(2 ** 20))));
}
