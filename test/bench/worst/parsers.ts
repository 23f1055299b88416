// Parsers: documents, bodies, streams; and, with inputs that damage any grammar, every door of the fuzzer.

import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { parseExactly } from '../../../lib/base/json.ts';
import { readSource, type SourceFormat } from '../../../lib/document/source.ts';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { readGatewayBody } from '../../../lib/wire/gateway.ts';
import { type KinesisEventRecord, linesOfRecords } from '../../../lib/wire/kinesis.ts';
import { MAX_BODY_BYTES } from '../../../lib/wire/limits.ts';
import { parseBody, readSnowflakeBody } from '../../../lib/wire/snowflake/body.ts';
import { tallyBody } from '../../../lib/wire/snowflake/tally.ts';
import { readBody } from '../../../lib/wire/tsp/body.ts';
import { POLICY_TESTS, runTests } from '../../fuzz/doors/documents.ts';
import { DOORS as FUZZED } from '../../fuzz/doors/table.ts';
import { Random } from '../../fuzz/random.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';
import { largePolicy } from '../policies.ts';
import { type Door, type Input, many, numbered } from './door.ts';
import { snowflakeBody, ssn } from './front-ends.ts';

const random = new Random(7);

/** A parser of texts, with its usual text and the worst ones. */
function textDoor(
  name: string,
  read: (text: string) => unknown,
  texts: (bytes: number) => { readonly usual: string; readonly worst: Readonly<Record<string, string>> },
): Door {
  const input = (what: string, text: string): Input => ({
    name: what,
    bytes: Buffer.byteLength(text),
    run: () => read(text),
  });
  return {
    name,
    open: (bytes) => {
      const { usual, worst } = texts(bytes);
      return { usual: input('usual', usual), worst: Object.entries(worst).map(([what, text]) => input(what, text)) };
    },
  };
}

const JSON_ATTACKS = (bytes: number): Record<string, string> => ({
  keys: `{${numbered(bytes, (i) => `"${i}":1,`)}"x":1}`,
  'keys with escapes': `{${numbered(bytes, (i) => `"\\n${i}":1,`)}"x":1}`,
  levels: many(bytes, '['),
  numbers: `[${many(bytes, '1,')}1]`,
  lists: `[${many(bytes, '[],')}[]]`,
  escapes: `"${many(bytes, '\\u0041')}"`,
  'a bad escape at the end': `"${many(bytes, '\\n')}\\q"`,
  'a long number': many(bytes, '9'),
  lines: many(bytes, '\n'),
});

const YAML_ATTACKS = (bytes: number): Record<string, string> => ({
  keys: numbered(bytes, (i) => `k${i}: 1\n`),
  'a bad text': `a: "${many(bytes, '\\q')}"`,
  brackets: `a: ${many(bytes, ']')}`,
  commas: `[${many(bytes, ',')}]`,
  levels: many(bytes, '['),
  dashes: many(bytes, '- '),
  aliases: `- &a 1\n${many(bytes, '- *a\n')}`,
  'empty lines': `a: |\n${many(bytes, '\n')}`,
  colons: many(bytes, 'a: '),
  comments: many(bytes, '#\n'),
});

/**
 * What no grammar takes, or all too often; behind these, lists that begin in ASN.1 and in CBOR, and a member of a
 * protobuf message.
 */
const FILLERS = Array.from('["\\\n 0A=+-\0\xff\x81\x9f').concat('{"a":', '\u2014 ', 'a b\n', '0\x80', '\x0a\x01a');

/** Texts of each filler, alone and behind a document. */
function filled(bytes: number, document: string): Record<string, string> {
  const places = FILLERS.map((filler) => [JSON.stringify(filler), many(bytes, filler)] as const);
  return Object.fromEntries([
    ...places,
    ...places.map(([what, filler]) => [`${what} behind a document`, document + filler] as const),
  ]);
}

/** A policy of about so many bytes of JSON: an element takes 530 with its grants. */
const policyOf = (bytes: number): object => largePolicy({ elements: Math.ceil(bytes / 530) });

function tenantsOf(bytes: number): object {
  const [first] = (TENANTS as { readonly tenants: readonly object[] }).tenants;
  const size = JSON.stringify(first).length;
  const tenants = Array.from({ length: Math.ceil(bytes / size) }, (_, i) => ({ ...first, id: `tenant-${i}` }));
  return { ...TENANTS, tenants };
}

function mappingOf(bytes: number): object {
  const functions = numbered(bytes, (i) => `function_${i} ${' '.repeat(40)}`).split(/ +/);
  return Object.fromEntries(
    functions.filter(Boolean).map((name) => [name, { Operation: 'protect', Element: 'deColumn1' }]),
  );
}

/** Tests of the sample again and again; its statements, which are proofs, once. */
function policyTestsOf(bytes: number): object {
  const { tests } = POLICY_TESTS;
  const times = Math.ceil(bytes / JSON.stringify(tests).length);
  return { ...POLICY_TESTS, tests: Array.from({ length: times }, () => structuredClone(tests)).flat() };
}

const POLICY = parsePolicy(largePolicy({ elements: 3 }));

/** Documents, read from a text of a format and checked. */
function documentDoors(format: SourceFormat): readonly Door[] {
  const write = (value: object): string => (format === 'json' ? JSON.stringify(value, null, 2) : stringify(value));
  const attacks = format === 'json' ? JSON_ATTACKS : YAML_ATTACKS;
  const read = (check: (value: unknown) => unknown) => async (text: string) => {
    const source = readSource(text, format);
    try {
      await check(source.document);
    } catch (error) {
      throw source.locate(error);
    }
  };
  const door = (
    name: string,
    check: (value: unknown) => unknown,
    usual: (bytes: number) => object,
    worst: (bytes: number) => Readonly<Record<string, object>>,
  ): Door =>
    textDoor(`${name}, ${format}`, read(check), (bytes) => ({
      usual: write(usual(bytes)),
      worst: {
        ...attacks(bytes),
        ...filled(bytes, write(usual(1000))),
        ...Object.fromEntries(Object.entries(worst(bytes)).map(([what, value]) => [what, write(value)])),
      },
    }));
  return [
    door('policies', parsePolicy, policyOf, (bytes) => ({
      'elements of nothing': { elements: Array.from({ length: bytes / 10 }, () => ({})) },
      'members of a group': { ...POLICY, groups: [{ name: 'g', members: Array(bytes / 10).fill('a') }] },
      'roles of nothing': { ...POLICY, roles: Array.from({ length: bytes / 10 }, () => ({})) },
      'grants of elements that are none': {
        ...POLICY,
        roles: [
          {
            name: 'r',
            members: ['a'],
            grants: Array.from({ length: bytes / 40 }, () => ({ element: 'x', permissions: [] })),
          },
        ],
      },
    })),
    door(
      'mappings',
      (value) => parseMapping(value, POLICY),
      mappingOf,
      (bytes) => ({
        'functions of nothing': Object.fromEntries(Array.from({ length: bytes / 10 }, (_, i) => [`f${i}`, {}])),
      }),
    ),
    door('policy tests', runTests, policyTestsOf, (bytes) => ({
      'tests of nothing': { tests: Array.from({ length: bytes / 10 }, () => ({})) },
      'sentences of no form': { tests: Array(bytes / 10).fill('a b') },
      'statements of nothing': { statements: Array.from({ length: bytes / 10 }, () => ({})) },
    })),
    door(
      'tenants',
      (value) => parseTenants(value, SECRETS),
      tenantsOf,
      (bytes) => ({
        'tenants of nothing': { ...TENANTS, tenants: Array.from({ length: bytes / 10 }, () => ({})) },
        'one tenant again and again': {
          ...TENANTS,
          tenants: Array(Math.ceil(bytes / 500)).fill((TENANTS as { readonly tenants: readonly object[] }).tenants[0]),
        },
      }),
    ),
  ];
}

function recordOf(bytes: Buffer): KinesisEventRecord {
  const data = bytes.toString('base64');
  return { eventID: 'x', kinesis: { data, sequenceNumber: '1', approximateArrivalTimestamp: 1 } };
}

/** So many megabytes of zeros: members of a gzip stream follow one another. */
function gzipMembers(megabytes: number): Buffer {
  return Buffer.concat(Array<Buffer>(megabytes).fill(gzipSync(Buffer.alloc(2 ** 20))));
}

const kinesis: Door = {
  name: 'Kinesis records',
  open: (bytes) => {
    const record = (name: string, data: Buffer, unzipped = bytes): Input => ({
      name,
      bytes: unzipped,
      run: () => linesOfRecords([recordOf(data)]),
    });
    const line = `${JSON.stringify({ user: 'x', cnt: 1, signature: random.text(Array.from('abcdef0123456789'), 64) })}\n`;
    const subscription = {
      messageType: 'DATA_MESSAGE',
      logEvents: Array.from({ length: Math.ceil(bytes / 30) }, () => ({ message: '\n' })),
    };
    return {
      usual: record('usual', gzipSync(many(bytes, line))),
      worst: [
        record('a gigabyte', gzipMembers(1024), 32 * 2 ** 20),
        record('empty lines', gzipSync(many(bytes, '\n'))),
        record('lines of blanks', gzipSync(many(bytes, ' \n'))),
        record('lines of a letter', gzipSync(many(bytes, 'a\n'))),
        record('messages of nothing', gzipSync(JSON.stringify(subscription))),
        record('members', gzipSync(`{${numbered(bytes, (i) => `"${i}":1,`)}"x":1}`)),
        record('damaged', gzipMembers(8).subarray(0, -9), 8 * 2 ** 20),
        record('empty gzip members', Buffer.concat(Array<Buffer>(Math.ceil(bytes / 20)).fill(gzipSync('')))),
      ],
    };
  },
};

const gzip: Door = {
  name: 'gzip',
  open: (bytes) => {
    const zipped = (name: string, data: Buffer, unzipped = bytes): Input => ({
      name,
      bytes: unzipped,
      run: () => readGatewayBody({ body: data.toString('base64'), isBase64Encoded: true }),
    });
    return {
      usual: zipped('usual', gzipSync(snowflakeBody(bytes, () => `"${ssn()}"`))),
      worst: [
        zipped('a gigabyte', gzipMembers(1024), MAX_BODY_BYTES),
        zipped('damaged', gzipMembers(8).subarray(0, -9), 8 * 2 ** 20),
        zipped('empty members', Buffer.concat(Array<Buffer>(Math.ceil(bytes / 20)).fill(gzipSync('')))),
      ],
    };
  },
};

const bodies: readonly Door[] = [
  textDoor('JSON of bodies, exact', parseExactly, (bytes) => ({
    usual: snowflakeBody(bytes, () => `"${ssn()}"`),
    worst: JSON_ATTACKS(bytes),
  })),
  textDoor(
    'tenant gateway bodies',
    (text) => readBody({ body: text }),
    (bytes) => ({
      usual: `{${numbered(bytes, (i) => `"name${i}":"value \\u0041 ${i}",`)}"x":1}`,
      worst: JSON_ATTACKS(bytes),
    }),
  ),
  textDoor(
    'Snowflake bodies, without method',
    (text) => parseBody(Buffer.from(text)),
    (bytes) => ({
      usual: snowflakeBody(bytes, () => `"${ssn()}"`),
      worst: { ...JSON_ATTACKS(bytes), rows: `{"data":[${many(bytes, '[1,2],')}[1,2]]}` },
    }),
  ),
  textDoor(
    'Snowflake bodies, scanned',
    (text) => readSnowflakeBody(Buffer.from(text)),
    (bytes) => ({
      usual: snowflakeBody(bytes, () => '1'),
      worst: JSON_ATTACKS(bytes),
    }),
  ),
  textDoor(
    'Snowflake bodies, counted',
    (text) => tallyBody(Buffer.from(text)),
    (bytes) => ({
      usual: snowflakeBody(bytes, () => `"${ssn()}"`),
      worst: { ...JSON_ATTACKS(bytes), nulls: many(bytes, '[1,n],') },
    }),
  ),
];

/**
 * A door of the fuzzer, but for the documents, which have doors above: its seeds are the usual input, and the worst ones
 * are seeds with a filler behind them or in their middle. A seed is short, so that each of its bytes bears much of what a request costs at all: these ratios catch what
 * grows faster than the input.
 */
const fuzzed = FUZZED.filter(({ name }) => !/^(?:policy|policy tests|mapping|tenants) \(/.test(name)).map(
  ({ name, form, open }): Door => ({
    name: `fuzzed: ${name}`,
    open: async (bytes) => {
      const { seeds, enter } = await open();
      const [seed] = seeds.map((one) => Buffer.from(one));
      const input = (what: string, data: Buffer): Input => ({ name: what, bytes: data.length, run: () => enter(data) });
      const middle = seed!.length >> 1;
      const places = FILLERS.flatMap((filler) => {
        const fill = Buffer.from(many(bytes, filler), 'latin1');
        const what = JSON.stringify(filler);
        // Events are JSON when they arrive.
        if (form === 'json') return [input(`a text of ${what}`, inText(seed!, fill.toString('latin1')))];
        return [
          input(`${what} behind`, Buffer.concat([seed!, fill])),
          input(`${what} inside`, Buffer.concat([seed!.subarray(0, middle), fill, seed!.subarray(middle)])),
        ];
      });
      const repeated = input(
        'seed again and again',
        Buffer.concat(Array<Buffer>(Math.ceil(bytes / seed!.length)).fill(seed!)),
      );
      return { usual: input('usual', seed!), worst: form === 'json' ? places : [...places, repeated] };
    },
  }),
);

/** Puts a text in place of the body of an event, or of its first member. */
function inText(seed: Buffer, text: string): Buffer {
  const event = JSON.parse(seed.toString()) as Record<string, unknown>;
  const name = 'body' in event ? 'body' : Object.keys(event)[0]!;
  return Buffer.from(JSON.stringify({ ...event, [name]: text }));
}

export const PARSER_DOORS: readonly Door[] = [
  ...documentDoors('json'),
  ...documentDoors('yaml'),
  ...bodies,
  kinesis,
  gzip,
  ...fuzzed,
];
