// The Lambda handlers that answer callers, over environments in memory.

import { gzipSync } from 'node:zlib';
import { MAX_BODY_BYTES } from '../../../lib/wire/limits.ts';
import { FRONT_ENDS } from '../../fuzz/doors/front-ends.ts';
import { redshiftEvent, redshiftFunction, samplePolicy, snowflakeEvent, snowflakeFunction } from '../environment.ts';
import { Random } from '../../fuzz/random.ts';
import { bytesOf, type Door, filled, type Input, many, numbered } from './door.ts';

/** Buffers that are kept between requests are smaller than those of such an input. */
const LARGE = 3_000_000;
/** A body of the tenant gateway has at most 1 MB. */
const MOST_OF_GATEWAY = 800_000;

const random = new Random(7);
export const ssn = (): string => `${random.between(100, 899)}-${random.between(10, 99)}-${random.between(1000, 9999)}`;

export function snowflakeBody(bytes: number, cell: (row: number) => string): string {
  const rows = numbered(bytes, (row) => `[${row},${cell(row)}],`);
  return `{"data":[${rows.slice(0, -1)}]}`;
}

/** Zipped rows of so many megabytes: members of a gzip stream follow one another. */
function zippedRows(part: string, megabytes: number): string {
  const rows = gzipSync(part.repeat(2 ** 20 / part.length));
  return Buffer.concat([gzipSync('{"data":['), ...Array<Buffer>(megabytes).fill(rows)]).toString('base64');
}

const snowflake: Door = {
  name: 'Snowflake',
  isFrontEnd: true,
  memoryBytes: LARGE,
  open: (bytes) => {
    const handler = snowflakeFunction(samplePolicy());
    const send = (name: string, body: string, options: { element?: string; unzipped?: number } = {}): Input => {
      const { element = 'deSSN', unzipped } = options;
      const next = snowflakeEvent('PROTECT', element, body);
      const event = () => ({ ...next(), ...(unzipped !== undefined && { isBase64Encoded: true }) });
      return { name, bytes: unzipped ?? Buffer.byteLength(body), run: () => handler(event()) };
    };
    const rows = (name: string, cell: (row: number) => string, element?: string): Input =>
      send(name, snowflakeBody(bytes, cell), element === undefined ? {} : { element });
    return {
      usual: rows('usual', () => `"${ssn()}"`),
      worst: [
        rows('rows of numbers', () => '1'),
        send('rows out of order', `{"data":[${many(bytes, '[1,2],')}[1,2]]}`),
        send('rows out of order, texts', `{"data":[${many(bytes, '[1,"123456789"],')}[1,"123456789"]]}`),
        rows('many arguments', () => Array<string>(500).fill('1').join(',')),
        rows('text behind numbers', (row) => (row === 1000 ? '1' : `"${ssn()}"`)),
        rows('escapes', () => `"${'\\u0031'.repeat(9)}"`),
        rows('one bad value of 20', (row) => (row % 20 === 19 ? '"x"' : `"${ssn()}"`)),
        rows('each length once', (row) => `"${'1'.repeat(9 + row)}"`),
        rows('long names of places', () => `"${'ä'.repeat(1000)}"`, 'deName'),
        send('blanks', `{"data":${' '.repeat(bytes)}[[0,"123456789"]]}`),
        send('levels', '['.repeat(bytes)),
        send('members', `{${numbered(bytes, (i) => `"${i}":1,`)}"x":1}`),
        send('48 MB in 98 KB', zippedRows('[1,2],', 48), { unzipped: MAX_BODY_BYTES }),
        send('16 MB in 33 KB', zippedRows('[1,2],', 16), { unzipped: 16 * 2 ** 20 }),
      ],
    };
  },
};

const redshift: Door = {
  name: 'Redshift',
  isFrontEnd: true,
  memoryBytes: LARGE,
  open: (bytes) => {
    const handler = redshiftFunction(samplePolicy());
    const ask = (name: string, column: readonly string[], element = 'deSSN'): Input => ({
      name,
      bytes: bytesOf(column),
      run: () => handler(redshiftEvent(`pty_protect_${element}`, column)),
    });
    return {
      usual: ask('usual', filled(bytes, ssn)),
      worst: [
        ask(
          'digits of 4,000',
          filled(bytes, () => '1'.repeat(4000)),
        ),
        ask(
          'each length once',
          filled(bytes, (row) => '1'.repeat(9 + row)),
        ),
        ask(
          'empty values',
          filled(bytes, () => ''),
        ),
        ask(
          'bad values',
          filled(bytes, () => 'x'),
        ),
        ask(
          'one bad value of 20',
          filled(bytes, (row) => (row % 20 === 19 ? 'x' : ssn())),
        ),
        ask(
          'long names of places',
          filled(bytes, () => 'ä'.repeat(1000)),
          'deName',
        ),
      ],
    };
  },
};

interface Event {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A front end of the fuzzer, with bodies of its first request's place: those of `usual`, and the worst ones. */
function gatewayDoor(
  name: string,
  fuzzed: string,
  seed: number,
  bodies: (
    given: Record<string, unknown>,
    bytes: number,
  ) => {
    readonly usual: unknown;
    readonly worst: Readonly<Record<string, unknown>>;
  },
): Door {
  return {
    name,
    isFrontEnd: true,
    memoryBytes: fuzzed === 'tenant-gateway' ? MOST_OF_GATEWAY : LARGE,
    open: async (bytes) => {
      const { seeds, enter } = await FRONT_ENDS.find((door) => door.name === fuzzed)!.open();
      const event = JSON.parse(String(seeds[seed]!)) as Event;
      const send = (what: string, sent: Event, size: number): Input => {
        const input = Buffer.from(JSON.stringify(sent));
        return { name: what, bytes: size, run: () => enter(input) };
      };
      const withBody = (what: string, body: unknown): Input => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        return send(what, { ...event, body: text }, Buffer.byteLength(text));
      };
      const { usual, worst } = bodies(JSON.parse(event.body) as Record<string, unknown>, bytes);
      const common = {
        levels: '['.repeat(bytes),
        'levels of members': many(bytes, '{"a":'),
        blanks: `${' '.repeat(bytes)}{}`,
        members: `{${numbered(bytes, (i) => `"${i}":1,`)}"x":1}`,
        numbers: `[${many(bytes, '1,')}1]`,
        escapes: `"${many(bytes, '\\u0041')}"`,
      };
      const manyHeaders = Object.fromEntries(filled(bytes, (i) => `h${i}`).map((name) => [name, '1']));
      return {
        usual: withBody('usual', usual),
        worst: [
          ...Object.entries({ ...common, ...worst }).map(([what, body]) => withBody(what, body)),
          send(
            'many headers',
            { ...event, headers: { ...event.headers, ...manyHeaders } },
            Buffer.byteLength(JSON.stringify(manyHeaders)),
          ),
          send(
            'a long header',
            { ...event, headers: { ...event.headers, authorization: `Bearer ${many(bytes, 'a.')}` } },
            bytes,
          ),
          send('zipped', { ...event, body: gzipSync(many(16 * bytes, '[1,2],')).toString('base64') }, 16 * bytes),
        ],
      };
    },
  };
}

const texts = (bytes: number): string[] => filled(bytes, () => random.text(Array.from('abcdefghij'), 12));

const rest = (name: string, fuzzed: string): Door =>
  gatewayDoor(name, fuzzed, 0, (given, bytes) => ({
    usual: { ...given, data: texts(bytes) },
    worst: {
      'short values': { ...given, data: filled(bytes, () => 'a') },
      'long values': { ...given, data: filled(bytes, () => 'ä'.repeat(1000)) },
      'empty values': { ...given, data: filled(bytes, () => '') },
      'a bad value at the end': { ...given, data: [...texts(bytes), {}] },
      'values of numbers': { ...given, data: filled(bytes, () => 1) },
      arguments: {
        user: given['user'],
        arguments: many(bytes, 'x')
          .split('')
          .slice(0, bytes / 60)
          .map((_, id) => ({ id, data_element: 'deText', data: ['a'] })),
      },
    },
  }));

const encoded = (text: string): string => Buffer.from(text).toString('base64');

const legacy = gatewayDoor('REST, older form', 'rest', 6, (given, bytes) => {
  const [[name, call]] = Object.entries(given) as [[string, { readonly bulk: object }]];
  const body = (contents: readonly unknown[]): object => ({
    [name]: { ...call, bulk: { data: contents.map((content) => ({ content })) } },
  });
  return {
    usual: body(texts(bytes).map(encoded)),
    worst: {
      'short values': body(filled(bytes, () => encoded('a'))),
      'values of no base64': body(filled(bytes, () => '*')),
      'values that are none': body(filled(bytes, () => 7)),
    },
  };
});

const gateway = gatewayDoor('tenant gateway', 'tenant-gateway', 4, (given, bytes) => ({
  usual: { ...given, documentIds: filled(Math.min(bytes, 20_000), (i) => `document-${i}`) },
  worst: {
    'one id again and again': { ...given, documentIds: filled(bytes, () => 'a') },
    'ids that are none': { ...given, documentIds: filled(bytes, () => 7) },
    'custom fields': { ...given, customFields: Object.fromEntries(filled(bytes, String).map((i) => [i, ''])) },
    'names with escapes': {
      ...given,
      customFields: Object.fromEntries(filled(bytes, (i) => `\n${i}`).map((i) => [i, '"'])),
    },
  },
}));

const unwrapping = gatewayDoor('tenant gateway, EDEKs', 'tenant-gateway', 5, (given, bytes) => {
  const { a } = given['edeks'] as { readonly a: string };
  const edeks = (edek: string): object =>
    Object.fromEntries(filled(Math.max(1, bytes / edek.length) * 10, String).map((id) => [id, edek]));
  return {
    usual: { ...given, edeks: edeks(a) },
    worst: {
      'EDEKs of zeros': { ...given, edeks: edeks('A'.repeat(a.length)) },
      'a long EDEK': { ...given, edeks: { a: many(bytes, 'A') } },
    },
  };
});

export const FRONT_END_DOORS: readonly Door[] = [
  snowflake,
  redshift,
  rest('REST', 'rest'),
  rest('REST with JWT', 'rest-jwt'),
  legacy,
  gateway,
  unwrapping,
];
