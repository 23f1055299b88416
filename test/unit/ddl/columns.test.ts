import { describe, expect, test } from '@jest/globals';
import { checkOnce, parseColumn } from '../../../lib/ddl/columns.ts';
import { escapedLiteral, identifier, parseName, plainLiteral, writeName } from '../../../lib/ddl/script.ts';
import { AWKWARD_POLICY } from '../../support/awkward-policy.ts';

const impossible = expect.objectContaining({ code: 'DDL_IMPOSSIBLE' });

describe('a dotted SQL name', () => {
  test.each([
    ['people', ['people']],
    ['hr.people', ['hr', 'people']],
    ['hr."my table"', ['hr', 'my table']],
    ['"a.b"."say ""hi"""."=".x$1', ['a.b', 'say "hi"', '=', 'x$1']],
  ])('%s is parsed into its parts, and written back unchanged', (text, parts) => {
    const name = parseName(text, 1, 4);
    expect(name.parts.map((part) => part.text)).toEqual(parts);
    expect(writeName(name)).toBe(text);
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a;b', "a'b", '"a', '""', 'a"b"', '1a', 'a.b.c', 'a--b'])(
    '%j is rejected',
    (text) => {
      expect(() => parseName(text, 1, 2)).toThrow(impossible);
    },
  );
});

describe('an identifier', () => {
  test.each([
    ['protector_full', 'protector_full'],
    ['pty_protect_deSSN', 'pty_protect_deSSN'],
    ['select', '"select"'],
    ['current_user', '"current_user"'],
    ['CURRENT_DATE', '"CURRENT_DATE"'],
    ['1_a', '"1_a"'],
    ['a_"b"', '"a_""b"""'],
    ['a_ü', '"a_ü"'],
  ])('%s is written %s', (name, written) => {
    expect(identifier(name, 255)).toBe(written);
  });

  test.each([['a\nb'], ['a\u0000b'], ['a\u200bb'], ['a'.repeat(128)], ['ü'.repeat(64)]])('%j is refused', (name) => {
    expect(() => identifier(name, 127)).toThrow(impossible);
  });
});

test.each([
  ["it's", "'it''s'", "'it''s'"],
  ['a\\b', "'a\\b'", "'a\\\\b'"],
  ["\\'", "'\\'''", "'\\\\'''"],
])('the text %s is written as the literal %s, and as %s where backslashes are escapes', (text, plain, escaped) => {
  expect([plainLiteral(text), escapedLiteral(text)]).toEqual([plain, escaped]);
});

describe('a column of the command line', () => {
  test.each([
    ['hr.people.ssn=deSSN', 'hr.people', 'ssn', 'deSSN'],
    ['hr.people.ssn=DESSN', 'hr.people', 'ssn', 'deSSN'],
    ['people.ssn=a.b', 'people', 'ssn', 'a.b'],
    ['db.hr."p.q"."x=y"=say "hi"', 'db.hr."p.q"', '"x=y"', 'say "hi"'],
    ['t.c=deRotated_v1', 't', 'c', 'deRotated@1'],
  ])('%s is parsed as table, column and element', (text, table, column, element) => {
    const found = parseColumn(text, AWKWARD_POLICY, true);
    expect([writeName(found.table), writeName(found.column), found.element]).toEqual([table, column, element]);
  });

  test.each([
    ['hr.people.ssn varchar(11)=deSSN', 'ssn', 'varchar(11)', 'deSSN'],
    ['people."two  blanks"  character varying ( 30 ) =a.b', '"two  blanks"', 'character varying ( 30 )', 'a.b'],
    ['hr.people.id integer', 'id', 'integer', undefined],
    ['hr.people.ssn=deSSN', 'ssn', undefined, 'deSSN'],
  ])('%s has its type between name and element', (text, column, type, element) => {
    const found = parseColumn(text, AWKWARD_POLICY, false);
    expect([writeName(found.column), found.type, found.element]).toEqual([column, type, element]);
  });

  test('needs no element where a view shows it unchanged', () => {
    expect(parseColumn('hr.people.id', AWKWARD_POLICY, false)).not.toHaveProperty('element');
    expect(() => parseColumn('hr.people.id', AWKWARD_POLICY, true)).toThrow(impossible);
  });

  test.each(['ssn=deSSN', 'a.b.c.d.e=deSSN', 't.c=deNobody', 't.c=', 't.c; drop table x=deSSN'])(
    '%s is refused',
    (text) => {
      expect(() => parseColumn(text, AWKWARD_POLICY, true)).toThrow(impossible);
    },
  );

  test('is refused if both its masking policy and a view would unprotect it', () => {
    const columns = ['t.a=deSSN', 't.b=deSSN'].map((text) => parseColumn(text, AWKWARD_POLICY, true));
    expect(() => checkOnce([columns[0]!], [columns[1]!, parseColumn('t.a', AWKWARD_POLICY, false)])).not.toThrow();
    expect(() => checkOnce(columns, [columns[1]!])).toThrow(impossible);
  });
});
