import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { MappingDocument } from '../../../lib/policy/schema.ts';
import { type CompiledPolicy, compilePolicy } from '../../../lib/protect/compile.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import {
  encodeRedshift,
  redshiftColumn,
  redshiftOrigin,
  redshiftTarget,
  refuseRedshift,
} from '../../../lib/wire/redshift.ts';
import { compiledPolicy, policyContent, redshiftEvent } from '../../support/policy.ts';

/** A policy with elements of any names: `parsePolicy` would refuse those that differ in case only. */
function policyWith(elements: readonly string[], mapping: MappingDocument = {}): CompiledPolicy {
  const content = policyContent();
  const [, template] = content.policy.elements;
  const named = elements.map((name, i) => ({ ...template!, id: `00000000-0000-4000-8000-00000000000${i}`, name }));
  const opened = { version: '1', content: { ...content, mapping, policy: { ...content.policy, elements: named } } };
  return compilePolicy(opened, randomBytes);
}

const targetOf = (external_function: unknown, policy: CompiledPolicy) => redshiftTarget({ external_function }, policy);

function refusal(run: () => unknown): RefusedError {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

const identify = callersOf((name) => name);
const columnOf = (rows: unknown, change: object = {}) => redshiftColumn({ user: 'u', arguments: rows, ...change });
const bytesOf = (column: unknown[]) =>
  Buffer.byteLength(JSON.stringify({ success: true, num_records: column.length, results: column }));
const mappedTo = (Element: string) => ({ Operation: 'protect' as const, Element });

describe('a function named by the convention', () => {
  const policy = policyWith(['deSSN', 'tok_deSSN', 'Name', 'NAME', 'a__to__b', 'ünï']);

  test.each([
    ['public.pty_protect_deSSN', 'Protect', 'deSSN'],
    ['pty_protect_deSSN', 'Protect', 'deSSN'],
    ['public.pty_unprotect_dessn', 'Unprotect', 'deSSN'],
    ['public.pty_protect_tok_deSSN', 'Protect', 'tok_deSSN'],
    ['public.PTY_PROTECT_DESSN', 'Protect', 'deSSN'],
    ['my.schema.Pty_UnProtect_TOK_DESSN', 'Unprotect', 'tok_deSSN'],
    ['public.pty_check_dessn', 'Check', 'deSSN'],
    ['public.PTY_Check_tok_deSSN', 'Check', 'tok_deSSN'],
    ['public.pty_protect_Name', 'Protect', 'Name'],
    ['public.pty_protect_NAME', 'Protect', 'NAME'],
    ['public.pty_protect_üNï', 'Protect', 'ünï'],
    ['public.pty_protect_ÜNÏ', 'Protect', 'ÜNÏ'],
    ['public.pty_protect_a__to__b', 'Protect', 'a__to__b'],
  ])('%s means %s with %s', (name, operation, element) => {
    expect(targetOf(name, policy)).toEqual({ operation, element });
  });

  test('passes an unknown element on unchanged, so that the decision refuses it after the user', () => {
    expect(targetOf('public.pty_protect_deSSN2', policy)).toEqual({ operation: 'Protect', element: 'deSSN2' });
  });

  test.each([
    'public.foo',
    'public.pty_protect_',
    'public.pty_protectdeSSN',
    'public.pty_mask_deSSN',
    'public.xpty_protect_deSSN',
    'pty_protect_deSSN.foo',
    '',
    '.',
  ])('%j is refused as unknown, with code 2', (name) => {
    expect(refusal(() => targetOf(name, policy))).toMatchObject({ code: 'FUNCTION_UNKNOWN', auditCode: 2 });
  });

  test('is refused with code 2 when two elements differ in case only, and the message names mapping.json', () => {
    expect(refusal(() => targetOf('public.pty_protect_name', policy))).toMatchObject({
      code: 'FUNCTION_AMBIGUOUS',
      auditCode: 2,
      message: expect.stringContaining('mapping.json'),
    });
  });

  test.each([[undefined], [null], [7], [{}], [['pty_protect_deSSN']]])(
    '%j is refused as no function name, with code 44',
    (name) => {
      expect(refusal(() => targetOf(name, policy))).toMatchObject({
        code: 'EVENT_MALFORMED',
        auditCode: 44,
        message: 'The content of the input data is not valid. external_function is missing',
      });
    },
  );
});

describe('a reprotect function named by the convention', () => {
  test.each([
    ['pty_reprotect_a__to__b', ['a', 'b'], 'a', 'b'],
    ['pty_reprotect_A__TO__B', ['a', 'b'], 'a', 'b'],
    ['public.PTY_Reprotect_a__to__a', ['a'], 'a', 'a'],
    ['pty_reprotect_a__to__b__to__c', ['a__to__b', 'c'], 'a__to__b', 'c'],
    ['pty_reprotect_a__to__b__to__c', ['a', 'b__to__c'], 'a', 'b__to__c'],
    ['pty_reprotect_a__to__to__b', ['a__to', 'b'], 'a__to', 'b'],
    ['pty_reprotect_a__to__to__to__b', ['a', 'to__to__b'], 'a', 'to__to__b'],
    ['pty_reprotect_a__to__to__to__b', ['a__to', 'to__b'], 'a__to', 'to__b'],
  ])('%s with the elements %j moves from %s to %s', (name, elements, oldElement, element) => {
    expect(targetOf(name, policyWith(elements))).toEqual({ operation: 'Reprotect', oldElement, element });
  });

  test.each([
    ['pty_reprotect_a__to__b', ['a']],
    ['pty_reprotect_a__to__b', ['b']],
    ['pty_reprotect_a', ['a']],
    ['pty_reprotect___to__b', ['b']],
    ['pty_reprotect_a__to__', ['a']],
    ['pty_reprotect_a_to_b', ['a', 'b']],
  ])('%s with the elements %j is refused as unknown, with code 2', (name, elements) => {
    expect(refusal(() => targetOf(name, policyWith(elements)))).toMatchObject({
      code: 'FUNCTION_UNKNOWN',
      auditCode: 2,
    });
  });

  test('is refused as ambiguous when its name can be cut in two places', () => {
    const policy = policyWith(['a', 'b__to__c', 'a__to__b', 'c']);
    expect(refusal(() => targetOf('pty_reprotect_a__to__b__to__c', policy))).toMatchObject({
      code: 'FUNCTION_AMBIGUOUS',
      auditCode: 2,
    });
  });
});

describe('mapping.json', () => {
  test('names a check', () => {
    const policy = policyWith(['x'], { look: { Operation: 'check', Element: 'x' } });
    expect(targetOf('public.look', policy)).toMatchObject({ operation: 'Check', element: 'x' });
  });

  const policy = policyWith(['deSSN', 'full', 'bare', 'upper', 'lower', 'x'], {
    myudf: mappedTo('bare'),
    'hr.myudf': mappedTo('full'),
    'HR.Folded': mappedTo('upper'),
    Cased: mappedTo('upper'),
    cased: mappedTo('lower'),
    pty_protect_dessn: mappedTo('x'),
    move: { Operation: 'reprotect', Element: 'full', OldElement: 'bare', ExternalIV: 'new', OldExternalIV: 'old' },
    read: { Operation: 'unprotect', Element: 'deSSN', ExternalIV: 'iv' },
  });

  test.each([
    ['hr.myudf', 'full', 'the full name comes first'],
    ['public.myudf', 'bare', 'then the bare name'],
    ['myudf', 'bare', 'a name without schema is bare'],
    ['HR.MYUDF', 'full', 'the full name may differ in case'],
    ['public.MyUdf', 'bare', 'the bare name may differ in case'],
    ['hr.folded', 'upper', 'the mapping may differ in case'],
    ['public.Cased', 'upper', 'an exact name comes before one that differs in case'],
    ['public.cased', 'lower', 'an exact name comes before one that differs in case'],
    ['public.pty_protect_dessn', 'x', 'a mapping comes before the naming convention'],
    ['public.pty_protect_deSSN', 'x', 'a mapping comes before the naming convention, in any case'],
  ])('maps %s to %s: %s', (name, element) => {
    expect(targetOf(name, policy)).toMatchObject({ operation: 'Protect', element });
  });

  test('refuses a name as ambiguous, with code 2, when two entries differ in case only', () => {
    expect(refusal(() => targetOf('public.CASED', policy))).toMatchObject({ code: 'FUNCTION_AMBIGUOUS', auditCode: 2 });
  });

  test('does not apply a full name to the same function in another schema', () => {
    expect(refusal(() => targetOf('public.folded', policy))).toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  });

  test('gives the old element and both external IVs', () => {
    expect(targetOf('public.move', policy)).toEqual({
      operation: 'Reprotect',
      element: 'full',
      oldElement: 'bare',
      externalIv: 'new',
      oldExternalIv: 'old',
    });
    expect(targetOf('public.read', policy)).toMatchObject({
      operation: 'Unprotect',
      element: 'deSSN',
      externalIv: 'iv',
    });
  });

  test.each(['constructor', 'public.toString', '__proto__'])('does not find %s among its entries', (name) => {
    expect(refusal(() => targetOf(name, policy))).toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  });
});

describe('the origin of a request', () => {
  test('holds user, cluster, query and Lambda request', () => {
    const origin = redshiftOrigin(redshiftEvent('f', []), 'request-1', identify);
    expect(origin).toEqual({
      caller: { user: 'test_user' },
      vendor: 'aws.redshift',
      requestId: 'request-1',
      queryId: 'rs-query-id:5678234',
      cluster: 'arn:aws:redshift:us-east-1:000000000000:cluster:test',
    });
  });

  test('takes a query id that is a text', () => {
    expect(redshiftOrigin({ query_id: '12345678901234567890' }, undefined, identify).queryId).toBe(
      'rs-query-id:12345678901234567890',
    );
  });

  test.each([[{}], [{ user: 7, cluster: {}, query_id: null }], [{ user: null, cluster: [], query_id: [1] }]])(
    'is empty for %j, without an error',
    (event) => {
      expect(redshiftOrigin(event, undefined, identify)).toEqual({ caller: { user: '' }, vendor: 'aws.redshift' });
    },
  );
});

describe('the column of a request', () => {
  test('holds the one argument of each row unchanged, and null for NULL rows and cells', () => {
    expect(columnOf([['a'], null, [null], [''], [1], [true], [false], ['𠮷']])).toEqual([
      'a',
      null,
      null,
      '',
      1,
      true,
      false,
      '𠮷',
    ]);
    expect(columnOf([])).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['no user', { user: undefined }, 'user is missing'],
    ['an empty user', { user: '' }, 'user is missing'],
    ['a number as user', { user: 7 }, 'user is missing'],
    ['no arguments', { arguments: undefined }, 'arguments must be an array of rows'],
    ['null as arguments', { arguments: null }, 'arguments must be an array of rows'],
    ['an object as arguments', { arguments: { 0: ['a'], length: 1 } }, 'arguments must be an array of rows'],
    ['a text as arguments', { arguments: 'SECRET' }, 'arguments must be an array of rows'],
    ['a num_records too small', { num_records: 1 }, 'num_records is not the number of rows'],
    ['a num_records too large', { num_records: 3 }, 'num_records is not the number of rows'],
    ['num_records as text', { num_records: '2' }, 'num_records is not the number of rows'],
    ['null as num_records', { num_records: null }, 'num_records is not the number of rows'],
    ['a row that is a text', { arguments: [['a'], 'SECRET'] }, 'row 1 is not an array'],
    ['a row that is an object', { arguments: [{ 0: 'SECRET', length: 1 }, null] }, 'row 0 is not an array'],
    ['a row without arguments', { arguments: [['a'], []] }, 'row 1 has 0 arguments, a function takes exactly 1'],
    [
      'a row of two arguments',
      { arguments: [['SECRET', 'b'], null] },
      'row 0 has 2 arguments, a function takes exactly 1',
    ],
    [
      'a cell that is an object',
      { arguments: [['a'], [{ SECRET: 1 }]] },
      'row 1 holds neither text, number, boolean nor null',
    ],
    [
      'a cell that is a list',
      { arguments: [[['SECRET']], null] },
      'row 0 holds neither text, number, boolean nor null',
    ],
  ])('is refused with code 44 for %s, without a quote of the request', (_, change, detail) => {
    const event = { user: 'u', arguments: [['a'], ['b']], num_records: 2, ...change };
    expect(refusal(() => redshiftColumn(event))).toMatchObject({
      code: 'EVENT_MALFORMED',
      auditCode: 44,
      message: `The content of the input data is not valid. ${detail}`,
    });
  });

  test('is read without num_records', () => {
    expect(columnOf([['a']])).toEqual(['a']);
  });
});

describe('a number in a cell', () => {
  test.each([
    '0',
    '-1',
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '-2.5e-7',
    '1e-7',
    '1E+2',
    '-0',
    '1.5e-300',
    '123456789012.345',
    '12345678901234.5',
    '4.9e-324',
  ])('%s is accepted, because it arrives as it was written', (json) => {
    expect(columnOf([['a'], [JSON.parse(json)]])).toEqual(['a', JSON.parse(json)]);
  });

  test.each([
    ['9007199254740992', 'beyond 2^53 - 1'],
    ['9007199254740993', 'that a double does not hold'],
    ['-9007199254740992', 'beyond -(2^53 - 1)'],
    ['1.5e300', 'an integer as a double'],
    ['1e21', 'that JavaScript writes with an exponent'],
    ['123456789012345678', 'of 18 digits'],
    ['12345678901234567890', 'of 20 digits'],
    ['0.12345678901234567', 'of 17 significant digits'],
    ['123456789012345.67', 'of 17 significant digits'],
    ['0.1234567890123456', 'of 16 significant digits'],
    ['0.30000000000000004', 'of 17 significant digits'],
  ])('%s, %s, is refused with its row and code 44, and the message says to use VARCHAR', (json) => {
    const refused = refusal(() => columnOf([['a'], [JSON.parse(json)]]));
    expect(refused).toMatchObject({ code: 'UNSAFE_NUMBER', auditCode: 44, row: 1 });
    expect(refused.message).toContain('pass the column as VARCHAR');
    expect(refused.message).not.toContain(json);
  });

  // 1e400 is parsed to Infinity, which prints back as it is, and which JSON would write as null.
  test('is refused when no double holds it', () => {
    expect(refusal(() => columnOf([['a'], [JSON.parse('1e400')]]))).toMatchObject({
      code: 'UNSAFE_NUMBER',
      auditCode: 44,
      row: 1,
    });
  });
});

describe('a reply', () => {
  test('holds success, num_records and the results in order', () => {
    expect(encodeRedshift(['a', null, '', 1, true])).toEqual({
      success: true,
      num_records: 5,
      results: ['a', null, '', 1, true],
    });
    expect(encodeRedshift([])).toEqual({ success: true, num_records: 0, results: [] });
  });

  test('holds only the text of a refusal', () => {
    expect(refuseRedshift(new RefusedError('NOT_AUTHORIZED'))).toEqual({
      success: false,
      error_msg: 'User not authorized. Refer to audit log for details.',
    });
  });

  test.each([
    ['AUDIT_UNAVAILABLE', 'Temporary failure: Failed to send logs, connection refused !'],
    ['KEY_UNAVAILABLE', 'Temporary failure: Failed to load data encryption key'],
    ['KEY_REFUSED', 'Failed to load data encryption key'],
    ['POLICY_UNAVAILABLE', 'The policy in shared memory is empty.'],
  ] as const)('words %s as: %s', (code, error_msg) => {
    expect(refuseRedshift(new RefusedError(code))).toEqual({ success: false, error_msg });
  });

  test('puts operation and row in front of the text for a bad row', () => {
    const refused = new RefusedError('INPUT_TOO_SHORT', { row: 0 });
    refused.operation = 'Unprotect';
    expect(refuseRedshift(refused)).toEqual({
      success: false,
      error_msg: 'Unprotect failed. row 0:The input is too short',
    });
  });

  test('names the operation for an unknown element', () => {
    const refused = new RefusedError('ELEMENT_UNKNOWN');
    refused.operation = 'Protect';
    expect(refuseRedshift(refused)).toEqual({
      success: false,
      error_msg: 'Protect failed. Data element not found. Refer to audit log for details.',
    });
  });
});

describe('the limit of 6 MB of a Lambda reply', () => {
  const LIMIT = 6 * 1024 * 1024;
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([
    ['ASCII', 'a', 1],
    ['two-byte letters', 'é', 2],
    ['three-byte letters', '漢', 3],
    ['four-byte letters', '𠮷', 4],
    ['quotes, which are escaped', '"', 2],
    ['control characters, which are escaped', '\u0001', 6],
    ['lone surrogates, which are escaped', '\ud800', 6],
  ])('counts the UTF-8 bytes of the JSON text: %s', (_, letter, bytes) => {
    const room = LIMIT - bytesOf(['', null]);
    const full = letter.repeat(Math.floor(room / bytes)) + 'a'.repeat(room % bytes);
    expect(bytesOf([full, null])).toBe(LIMIT);
    expect(encodeRedshift([full, null])).toMatchObject({ success: true, num_records: 2 });
    expect(refusal(() => encodeRedshift([`${full}a`, null]))).toMatchObject({
      code: 'REPLY_TOO_LARGE',
      auditCode: 21,
      message: 'Response exceeds the 6 MB Lambda limit; lower MAX_BATCH_SIZE or MAX_BATCH_ROWS',
    });
  });

  test.each([
    ['the longest numbers', -1.7976931348623157e308],
    ['booleans', false],
    ['nulls', null],
    ['empty strings', ''],
  ])('applies to many short cells too: %s', (_, cell) => {
    const each = JSON.stringify(cell).length + 1;
    const fits = Math.floor((LIMIT - bytesOf([])) / each) - 10;
    expect(encodeRedshift(new Array(fits).fill(cell)).success).toBe(true);
    expect(refusal(() => encodeRedshift(new Array(fits + 30).fill(cell)))).toMatchObject({ code: 'REPLY_TOO_LARGE' });
  });

  test('is measured only where a reply could exceed it', () => {
    const stringify = jest.spyOn(JSON, 'stringify');
    encodeRedshift(Array.from({ length: 100_000 }, () => 'ordinary'));
    encodeRedshift(['x'.repeat(1_000_000)]);
    expect(stringify).not.toHaveBeenCalled();
    encodeRedshift(['x'.repeat(1_100_000)]);
    expect(stringify).toHaveBeenCalledTimes(1);
  });
});

describe('a compiled policy', () => {
  test('finds an element under the name that Redshift has folded to lower case', () => {
    expect(targetOf('public.pty_protect_dename', compiledPolicy())).toEqual({
      operation: 'Protect',
      element: 'deName',
    });
  });
});
