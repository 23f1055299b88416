// Results as JUnit XML, in the form that CI systems read: <testsuites>, <testsuite>, <testcase>, <failure>.

import type { Result } from './run.ts';

/** The results of a file, and where its entries are. */
export interface TestedFile {
  readonly file: string;
  readonly results: readonly (Result & { readonly line?: number | undefined })[];
}

/** Writes results as one XML 1.0 document. Times are left out: they would say nothing of a policy. */
export function junitXml(suite: string, files: readonly TestedFile[]): string {
  const all = files.flatMap(({ results }) => results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: suite, ...countsOf(all) })}>`,
    ...files.flatMap(({ file, results }) => [
      `  <testsuite ${attributes({ name: file, ...countsOf(results) })}>`,
      ...results.map((result) => testCase(file, result)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function countsOf(results: readonly Result[]): Record<string, string> {
  const failures = results.filter(({ failure }) => failure !== undefined).length;
  return { tests: String(results.length), failures: String(failures), errors: '0', skipped: '0' };
}

function testCase(file: string, { kind, text, path, failure, line }: TestedFile['results'][number]): string {
  const own = attributes({
    name: text,
    classname: `${file} ${kind}s`,
    file,
    ...(line !== undefined && { line: String(line) }),
  });
  if (failure === undefined) return `    <testcase ${own}/>`;
  const { expected, gives, because } = failure;
  const where = line === undefined ? path : `line ${line}, ${path}`;
  const lines = [
    `expected: ${expected}`,
    `gives: ${gives}`,
    ...(because === undefined ? [] : [`because: ${because}`]),
    where,
  ];
  const message = attributes({ message: kind === 'test' ? `${gives} instead of ${expected}` : gives, type: kind });
  return `    <testcase ${own}>\n      <failure ${message}>${escaped(lines.join('\n'))}</failure>\n    </testcase>`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll(/[\t\n\r]/g, (each) => `&#${each.charCodeAt(0)};`)}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes markup. Characters that no XML 1.0 document may hold (section 2.2) become U+FFFD. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the characters to replace
  const fit = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return fit.replaceAll(/[&<>"']/g, (each) => ENTITIES[each]!);
}
