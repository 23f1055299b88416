import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { XmlDocument, XmlElement, XsdValidator } from 'libxml2-wasm';
import { junitXml } from '../../../lib/policy-tests/junit.ts';
import type { Result } from '../../../lib/policy-tests/run.ts';

const AWKWARD = `<a & "b" 'c'>]]>\ttab\nline\r\u0000\u000b\u001b\ud800 \ufffe Zoë 😀`;
/** What is left of it: characters that XML cannot hold are replaced. */
const READ = `<a & "b" 'c'>]]>\ttab\nline\r\ufffd\ufffd\ufffd\ufffd \ufffd Zoë 😀`;

const passing: Result = { kind: 'test', path: '$.tests[0]', text: AWKWARD };
const failing: Result = {
  kind: 'statement',
  path: '$.statements[0]',
  text: 'nobody sees deSSN in clear',
  failure: { expected: 'the statement to hold', gives: AWKWARD, because: AWKWARD },
};

const FILES = [
  { file: 'a.tests.yaml', results: [{ ...passing, line: 3 }, failing] },
  { file: 'b&.tests.yaml', results: [] },
];

/** Reads the text with libxml2, and checks it against the schema beside this file. */
function read(xml: string): XmlDocument {
  const schema = XmlDocument.fromString(readFileSync(new URL('junit.xsd', import.meta.url), 'utf8'));
  const document = XmlDocument.fromString(xml);
  XsdValidator.fromDoc(schema).validate(document);
  return document;
}

const attribute = (document: XmlDocument, xpath: string): string | undefined => document.get(xpath)?.content;

describe('JUnit XML', () => {
  test('is well formed and valid, whatever names and messages hold', () => {
    using document = read(junitXml('P', FILES));
    expect(attribute(document, '/testsuites/@failures')).toBe('1');
    expect(attribute(document, '/testsuites/testsuite[1]/@tests')).toBe('2');
    expect(attribute(document, '/testsuites/testsuite[2]/@name')).toBe('b&.tests.yaml');
    expect(attribute(document, '//testcase[1]/@name')).toBe(READ);
    expect(attribute(document, '//testcase[1]/@line')).toBe('3');
    expect(attribute(document, '//failure/@message')).toBe(READ);
    expect(document.get('//failure')?.content).toContain(`because: ${READ.slice(0, 15)}`);
    expect(document.get('//failure')).toBeInstanceOf(XmlElement);
  });

  test('has a case for each result, and a failure for each that failed', () => {
    using document = read(junitXml('P', FILES));
    expect(document.find('//testcase').length).toBe(2);
    expect(document.find('//testcase[failure]').map((each) => each.get('@name')?.content)).toEqual([failing.text]);
  });

  test('is refused by the schema where a count is missing: the check of this test works', () => {
    expect(() => read(junitXml('P', FILES).replaceAll(/ errors="\d+"/g, ''))).toThrow(/errors/);
  });
});
