import { describe, expect, test } from '@jest/globals';
import { readSource } from '../../../lib/document/source.ts';
import { type Draft, draftPolicy } from '../../../lib/discovery/draft.ts';
import { protectingSql } from '../../../lib/discovery/protecting-sql.ts';
import { PolicyDecider } from '../../../lib/policy/decide.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import type { Method } from '../../../lib/protect/methods/method.ts';
import { countingKeyring } from '../../support/element-method.ts';
import { columnOf, labelledTable } from '../../support/discovery/tables.ts';

let ids = 0;
const newId = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
const draftOf = (...tables: Parameters<typeof draftPolicy>[0]): Draft => draftPolicy(tables, { name: 'people', newId });

const LOCALES = ['en_US', 'de', 'fr', 'es', 'it', 'pl', 'sv', 'ru', 'ja', 'zh_CN', 'ko', 'th'];
const DRAFTS = LOCALES.map((locale) => {
  const table = labelledTable(locale, 'helpful', 120, 5);
  return [locale, { table, draft: draftOf(table) }] as const;
});

describe('a drafted policy', () => {
  test.each(DRAFTS)('of a table of %s reads back from its YAML as it is', (_, { draft: { policy } }) => {
    expect(parsePolicy(readSource(policy!.yaml, 'yaml').document)).toEqual(policy!.document);
  });

  test.each(DRAFTS)(
    'of a table of %s has no warning but of weak tokens and of the role that sees everything',
    (_, { draft }) => {
      const rules = new Set(lintPolicy(draft.policy!.document, 0).map(({ rule }) => rule));
      rules.delete('weak-token');
      rules.delete('all-powerful-role');
      expect([...rules]).toEqual([]);
    },
  );

  test.each(DRAFTS)('of a table of %s protects its rows with nothing clear by accident', (_, { table, draft }) => {
    expect(draft.columns.filter(({ elementName }) => elementName !== undefined).length).toBeGreaterThan(8);
    const content = { policy: draft.policy!.document, mapping: {}, keyring: countingKeyring() };
    using policy = compilePolicy({ version: '1', content }, (bytes) => new Uint8Array(bytes));
    for (const { column, element, elementName } of draft.columns) {
      if (element === undefined) continue;
      const method = policy.method(elementName!);
      // N/A is planted in every column; elements of numbers refuse it.
      const tokens = column.values.map(([value]) => ({ value, token: tokenOf(method, value) }));
      expect(tokens.filter(({ value, token }) => token === undefined && value !== 'N/A')).toEqual([]);
      for (const { value, token } of tokens.filter((each) => each.value !== 'N/A')) {
        expect(String(method.unprotect([token!], undefined).column[0]).normalize()).toBe(value.normalize());
        expect(shownRun(value, token!, element.options.type)).toBeLessThan(5);
      }
    }
    expect(table.columns).toHaveLength(draft.columns.length);
  });

  test.each(DRAFTS)('of a table of %s holds no value, in no part', (_, { table, draft }) => {
    const texts = JSON.stringify([
      draft.policy,
      draft.columns.map(({ column: { name }, finding, element }) => ({ name, finding, element })),
      protectingSql([{ name: table.name, from: 'people' }], draft.columns),
    ]);
    const values = draft.columns
      .filter(({ elementName }) => elementName !== undefined)
      .flatMap(({ column }) => column.values.map(([value]) => value))
      .filter((value) => value.length > 6);
    expect(values.filter((value) => texts.includes(value))).toEqual([]);
  });

  const [, { draft }] = DRAFTS[0]!;

  test('lets its three roles do what its comments say', () => {
    const decider = new PolicyDecider(draft.policy!.document);
    const decide = (user: string, operation: 'Protect' | 'Unprotect', element: string) =>
      decider.decide({ user, operation, element }, 0).kind;
    for (const { name } of draft.policy!.document.elements) {
      expect(decide('etl', 'Protect', name)).toBe('allow');
      expect(decide('etl', 'Unprotect', name)).toBe('refuse');
      expect(decide('analyst', 'Unprotect', name)).toBe(name === 'deCard' ? 'allow' : 'substitute');
      expect(decide('auditor', 'Unprotect', name)).toBe('allow');
      expect(decide('auditor', 'Protect', name)).toBe('refuse');
      expect(decide('anyone', 'Unprotect', name)).toBe('refuse');
    }
  });

  test('states as tests what the roles promise', () => {
    const { tests, statements } = readSource(draft.policy!.tests, 'yaml').document as Record<string, string[]>;
    expect(tests).toEqual(
      expect.arrayContaining(['analyst unprotects deSSN: null', 'analyst unprotects deCard: masked']),
    );
    expect(statements).toEqual(expect.arrayContaining(['nobody but role auditor sees deSSN in clear']));
  });

  test('gives columns of one kind one element, over all tables', () => {
    const both = draftOf(labelledTable('de', 'helpful', 60, 1), labelledTable('fr', 'helpful', 60, 1));
    const names = both.columns
      .filter(({ finding }) => finding.kind === 'person-name')
      .map(({ elementName }) => elementName);
    expect(names).toHaveLength(6);
    expect(new Set(names)).toEqual(new Set(['deName']));
  });

  test('gives columns of one kind with other forms elements of their own', () => {
    const cells = ['4111111111111111', '5555555555554444', '6011111111111117', '4242424242424242'];
    const grouped = cells.map((cell) => cell.replaceAll(/\d{4}(?=\d)/g, '$& '));
    const columns = [columnOf('card', 'VARCHAR', cells), columnOf('card2', 'VARCHAR', grouped)];
    const types = draftOf({ name: 't', columns }).columns.map(({ elementName, element }) => [
      elementName,
      element!.options.type,
    ]);
    expect(types).toEqual([
      ['deCard', 'credit-card'],
      ['deCard_2', 'numeric'],
    ]);
  });

  test('is absent where no column needs one', () => {
    const { policy, columns } = draftOf({ name: 't', columns: [columnOf('n', 'BIGINT', ['1', '2', '3'])] });
    expect(policy).toBeUndefined();
    expect(columns).toHaveLength(1);
  });

  test('keeps hostile names of columns inside its comments and quotes', () => {
    const name = 'x"; drop table y; --\n- name: deEvil\u2028';
    const { policy, columns } = draftOf({
      name: 'a\nb: c',
      columns: [columnOf(name, 'VARCHAR', ['ada@x.example', 'bob@x.example'])],
    });
    const { document } = readSource(policy!.yaml, 'yaml');
    expect(policy!.yaml).not.toContain('\u2028');
    expect(parsePolicy(document).elements.map((element) => element.name)).toEqual(['deEmail']);
    expect(protectingSql([{ name: 'a\nb: c', from: 't' }], columns)).toContain('-- a b: c\n');
  });
});

const optionsOf = (cells: readonly string[]) =>
  draftOf({ name: 't', columns: [columnOf('date_of_birth', 'VARCHAR', cells)] }).columns[0]!.element!.options;

describe('dates', () => {
  test('get the order of day and month that their values leave open to no doubt', () => {
    expect(optionsOf(['27.05.1976', '01.02.1980', '03.04.1999'])).toMatchObject({ type: 'date', dateOrder: 'dmy' });
    expect(optionsOf(['05/27/1976', '01/02/1980', '03/04/1999'])).toMatchObject({ type: 'date', dateOrder: 'mdy' });
    expect(optionsOf(['1976-05-27', '1980-01-02', '1999-03-04'])).not.toHaveProperty('dateOrder');
  });

  test('that mean "no end" stay clear by option, not by accident', () => {
    expect(optionsOf(['1976-05-27', '9999-12-31', '0001-01-01'])).toMatchObject({
      staysClear: ['9999-12-31', '0001-01-01'],
    });
  });

  test('with times get the type that takes them', () => {
    expect(optionsOf(['1976-05-27 10:11:12', '1980-01-02 00:00:00', '1999-03-04 23:59:59']).type).toBe('datetime');
  });
});

/** Undefined for a value that the element refuses. */
function tokenOf(method: Method, value: string): string | undefined {
  try {
    return String(method.protect([value], undefined).column[0]);
  } catch {
    return undefined;
  }
}

/** Returns the longest run of letters and digits that stands at the same place in value and token, where none should. */
function shownRun(value: string, token: string, type: string): number {
  if (type === 'email') return shownRun(value.split('@')[0]!, token.split('@')[0]!, '');
  if (type === 'credit-card') return shownRun(value.slice(0, -4), token.slice(0, -4), '');
  let run = 0;
  let most = 0;
  for (let at = 0; at < value.length; at++) {
    run = value[at] === token[at] && /[\p{L}\p{N}]/u.test(value[at]!) ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
}
