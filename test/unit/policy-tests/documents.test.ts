// What is published about tests of a policy: the schema, and the forms in docs/policy/tests.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { policyTestsSchemaText } from '../../../lib/policy-tests/json-schema.ts';
import { readSentence, STATEMENT_SENTENCES, TEST_SENTENCES } from '../../../lib/policy-tests/sentences.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(read('schemas/policy-tests.schema.json')) as object,
);

test('the published schema is up to date: "npm run schemas" writes it', () => {
  expect(read('schemas/policy-tests.schema.json')).toBe(policyTestsSchemaText());
});

/** The rows of the page that show sentences beside the object that says the same. */
const ROWS = read('docs/policy/tests.md')
  .split('\n')
  .filter((line) => /^\| `.*\| `\{.*` \|$/.test(line))
  .map((line) => {
    const [, sentences, object] = /^\| (.*) \| `(\{.*\})` \|$/.exec(line)!;
    return {
      sentences: [...sentences!.matchAll(/`([^`]*)`/g)].map(([, text]) => text!),
      object: parse(object!) as object,
    };
  });

describe('the page about policies', () => {
  test('shows more than 15 forms', () => {
    expect(ROWS.length).toBeGreaterThan(15);
  });

  test.each(ROWS)('$sentences', ({ sentences, object }) => {
    const forms = sentences
      .filter((sentence) => !sentence.includes('…'))
      .map(
        (sentence) =>
          readSentence<object>(TEST_SENTENCES, sentence) ?? readSentence<object>(STATEMENT_SENTENCES, sentence),
      );
    expect(forms.length).toBeGreaterThan(0);
    expect(forms).not.toContain(undefined);
    expect(forms).toContainEqual(object);
    expect([{ tests: [object] }, { statements: [object] }].filter((each) => accepts(each))).toHaveLength(1);
  });
});
