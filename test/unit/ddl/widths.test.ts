import { describe, expect, test } from '@jest/globals';
import { parseColumn } from '../../../lib/ddl/columns.ts';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { parseName, type Script } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

const tokens = (name: string, type: string, more: object = {}) => ({
  name,
  method: 'tokenization',
  type,
  shortData: 'error',
  ...more,
});

const ELEMENTS = [
  tokens('deSSN', 'numeric', { keyVersion: 2, oldKeyVersions: [1] }),
  tokens('deLonger', 'numeric', { preserveLength: false }),
  tokens('deName', 'unicode', { alphabet: 'letters' }),
  tokens('deFace', 'unicode', { alphabet: 'faces' }),
  tokens('deScript', 'unicode-script'),
  tokens('deInt', 'integer', { size: 4, shortData: undefined }),
  tokens('deText', 'unicode-bytes', { shortData: undefined }),
  { name: 'deNote', method: 'encryption', type: 'aes-256-gcm' },
  { name: 'deHash', method: 'hash', type: 'hmac-sha256' },
].map((element, i) => ({ id: `00000000-0000-4000-8000-00000000000${i}`, ...JSON.parse(JSON.stringify(element)) }));
const grants = ELEMENTS.map(({ name }) => ({
  element: name,
  permissions: name === 'deHash' ? ['protect'] : ['protect', 'unprotect', 'reprotect'],
}));
const POLICY = parsePolicy({
  name: 'P',
  dataStore: 'D',
  alphabets: [{ name: 'faces', include: ['latin'], ranges: ['1F600-1F64F'] }],
  elements: ELEMENTS,
  roles: [{ name: 'all', members: ['ann'], grants }],
});

const columnsOf = (texts: readonly string[]) => texts.map((text) => parseColumn(`t.c ${text}`, POLICY, true));
const MOVES = [{ from: 'deSSN', to: 'deLonger' }];

function redshift(...columns: readonly string[]): Script {
  return redshiftScript(POLICY, {}, { lambda: 'f:Production', moves: MOVES, columns: columnsOf(columns) });
}

function snowflake(...columns: readonly string[]): Script {
  const deployment = { url: 'https://x', role: 'r', integration: parseName('p', 1, 1) };
  return snowflakeScript(POLICY, {}, { ...deployment, moves: MOVES, columns: columnsOf(columns) });
}

/** The comments of a script's functions for an element, by what they do. */
function comments({ statements }: Script, element: string): string[] {
  const lines = statements.flatMap(({ comment }) => (comment === undefined ? [] : [comment]));
  return lines.filter((comment) => new RegExp(`^(protect|unprotect|reprotect .* to) ${element}\\b`).test(comment));
}

describe('the comment of a function', () => {
  test.each([
    ['deName', '3n', 'n'],
    ['deFace', '4n', 'n'],
    ['deText', '1.344n + 2, at least 4, at most 5,504', '5.375n + 2, at least 4, at most 5,504'],
    ['deNote', '2n + 58', '8n + 58'],
    ['deHash', '64', '64'],
    ['deScript', 'n', 'n'],
  ])('says the width of protected values of %s in the unit of the warehouse', (element, bytes, characters) => {
    expect(comments(redshift(), element)[0]).toBe(
      `protect ${element}\nWidth in bytes, for a clear value of n bytes: ${bytes}`,
    );
    expect(comments(snowflake(), element)[0]).toBe(
      `protect ${element}\nWidth in characters, for a clear value of n characters: ${characters}`,
    );
  });

  test('says no width of clear values, and none of numbers', () => {
    expect(comments(redshift(), 'deName')[1]).toBe('unprotect deName');
    expect(comments(redshift(), 'deInt')).toEqual(['protect deInt', 'unprotect deInt']);
    expect(comments(snowflake(), 'deInt')).toEqual(['protect deInt', 'unprotect deInt']);
  });

  test('says the width of the new tokens of another element, and that a new key changes none', () => {
    for (const script of [redshift(), snowflake()]) {
      expect(comments(script, 'deLonger').at(-1)).toMatch(/^reprotect deSSN to deLonger\nWidth in .*: n \+ 5$/);
      expect(comments(script, 'deSSN').at(-1)).toBe(
        'reprotect deSSN@1 to deSSN\nTokens under either key are equally wide: the column keeps its type',
      );
    }
  });
});

describe('a column of Amazon Redshift', () => {
  test.each([
    ['char(11)=deSSN'],
    ['varchar=deSSN'],
    ['varchar(11)=deSSN@1'],
    ['char(64)=deHash'],
    ['VARCHAR(MAX)=deText'],
    ['text=deHash'],
    ['varchar (11)=deSSN'],
    ['character  varying=deHash'],
  ])('is wide enough: %s', (column) => {
    expect(redshift(column).warnings).toEqual([]);
  });

  test.each([
    [
      'varchar(30)=deName',
      'is too narrow for tokens of deName, which may have 90 bytes: varchar(90) would do; as it is, it does for values of at most 10 bytes',
    ],
    [
      'varchar(30)=deFace',
      'is too narrow for tokens of deFace, which may have 120 bytes: varchar(120) would do; as it is, it does for values of at most 7 bytes',
    ],
    [
      'char(9)=deLonger',
      'is too narrow for tokens of deLonger, which may have 14 bytes: varchar(14) would do; as it is, it does for values of at most 4 bytes',
    ],
    ['char(30)=deName', 'holds characters of one byte, and tokens of deName may have others: varchar(90) would do'],
    [
      'char=deHash',
      'is too narrow for tokens of deHash, which may have 64 bytes: varchar(64) would do; as it is, it has room for none',
    ],
    [
      'varchar(max)=deNote',
      'is too narrow for tokens of deNote, which may have 131,128 bytes: no column is wider than 65,535 bytes; as it is, it does for values of at most 32,738 bytes',
    ],
  ])('%s: %s', (column, warning) => {
    const type = column.slice(0, column.indexOf('='));
    expect(redshift(column).warnings).toEqual([`t.c ${type} ${warning}`]);
  });

  test('is warned of once, however often it is named', () => {
    const masked = columnsOf(['varchar(30)=deName']);
    const script = redshiftScript(POLICY, {}, { lambda: 'f:Production', masked, columns: masked });
    expect(script.warnings).toHaveLength(1);
    const viewed = [...masked, parseColumn('t.id integer', POLICY, false)];
    expect(redshiftScript(POLICY, {}, { lambda: 'f:Production', viewed }).warnings).toEqual(script.warnings);
  });
});

describe('a column of Snowflake', () => {
  test.each([
    ['varchar(30)=deName'],
    ['char(30)=deFace'],
    ['string=deText'],
    ['text(64)=deHash'],
    ['varchar(11)=deInt'],
  ])('is wide enough: %s', (column) => {
    expect(snowflake(column).warnings).toEqual([]);
  });

  test.each([
    [
      'varchar(30)=deNote',
      'is too narrow for tokens of deNote, which may have 298 characters: varchar(298) would do; as it is, it has room for none',
    ],
    [
      'varchar(99)=deNote',
      'is too narrow for tokens of deNote, which may have 850 characters: varchar(850) would do; as it is, it does for values of at most 5 characters',
    ],
    [
      'varchar=deNote',
      'is too narrow for tokens of deNote, which may have 134,217,786 characters: no column is wider than 134,217,728 characters; as it is, it does for values of at most 2,097,144 characters',
    ],
  ])('%s: %s', (column, warning) => {
    expect(snowflake(column).warnings).toEqual([`t.c ${column.slice(0, column.indexOf('='))} ${warning}`]);
  });
});

test.each(['integer', 'date', 'numeric(10, 2)', 'varchar(x)', 'varchar(1', 'constructor', 'varchar(1) not null'])(
  'the type %s is refused, because it has no width to check',
  (type) => {
    const refused = expect.objectContaining({
      code: 'DDL_IMPOSSIBLE',
      message: `t.c ${type}: only types of characters have a width to check; leave the type out`,
    });
    expect(() => redshift(`${type}=deName`)).toThrow(refused);
    expect(() => snowflake(`${type}=deName`)).toThrow(refused);
  },
);
