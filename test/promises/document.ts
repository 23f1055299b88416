// The promises of SECURITY.md by their numbers, and the page that says how each one is tried.
import type { Trial, Trials } from './trials.ts';

/** A numbered promise as SECURITY.md words it. */
export interface StatedPromise {
  readonly id: string;
  /** Heading of the section that makes it. */
  readonly section: string;
  readonly sentence: string;
}

const ID = /\bP-\d{2,}\b/;

/**
 * Reads the numbered promises of a document, in its order. A promise is a row of a table whose first cell is its number,
 * or the sentence in front of a number in parentheses: `Unknown users are refused (P-26).`
 */
export function statedPromises(markdown: string): StatedPromise[] {
  let section = '';
  let header: readonly string[] = [];
  return blocksOf(markdown).flatMap((block): StatedPromise[] => {
    const heading = /^## (.+)$/.exec(block)?.[1];
    if (heading !== undefined) section = heading;
    if (!block.startsWith('|')) return sentencesOf(block).map((one) => ({ ...one, section }));
    return block.split('\n').flatMap((line, i): StatedPromise[] => {
      const [id = '', ...cells] = cellsOf(line);
      if (i === 0) header = cellsOf(line).slice(1);
      return ID.test(id) ? [{ id, section, sentence: sentenceOfRow(header, cells) }] : [];
    });
  });
}

/** Returns the page about the promises: a table for each section. */
export function promisesPage(promises: readonly StatedPromise[], trials: Trials): string {
  const sections = [...Map.groupBy(promises, ({ section }) => section)].map(([section, group]) => {
    const rows = group.flatMap(({ id, sentence }) =>
      (trials[id] ?? []).map((trial, i) => row([i === 0 ? id : '', i === 0 ? sentence : '', ...wordsOf(trial)])),
    );
    const header = ['#', 'Promise', 'How it is tried', 'Test', 'Protection that was taken out'];
    return [`## ${section}`, '', row(header), row(header.map(() => '---')), ...rows].join('\n');
  });
  // The page lies in docs/, where links of SECURITY.md lead one folder less deep.
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`.replaceAll('](docs/', '](');
}

const INTRODUCTION = `# The promises of SECURITY.md, and the tests that try to break them

\`npm run promises\` writes this page from [SECURITY.md](../SECURITY.md) and \`test/promises/trials.ts\`. A test fails when a promise
has no test, when a test or the protection it needs is gone, or when this page is old.

\`\`\`console
$ npm run promises -- --try P-05 P-24
\`\`\`

takes the protections of two promises out of a copy of the repository, one after another, and runs the test named here, which must fail
without the protection and pass with it. Without numbers it does so for all.
`;

/** Paragraphs, headings and tables, without the fenced code. */
function blocksOf(markdown: string): string[] {
  return markdown
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .split(/\n{2,}/)
    .map((block) => block.trim());
}

function sentencesOf(block: string): Omit<StatedPromise, 'section'>[] {
  const text = block.replaceAll(/\s+/g, ' ');
  return [...text.matchAll(/ \((P-\d{2,})\)/g)].map(({ 1: id, index }) => {
    const before = text.slice(0, index).replaceAll(/ \(P-\d{2,}\)/g, '');
    return { id: id!, sentence: before.split(/(?<=[.:]\**) (?=[A-Z*`])/).at(-1)! };
  });
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** `Editor of the bundle, with write access to it, cannot …`, or for other tables every cell behind its header. */
function sentenceOfRow(header: readonly string[], cells: readonly string[]): string {
  const [who = '', what = '', cannot = ''] = cells;
  if (header.at(-1) === 'Cannot') return `**${who}** (has: ${what}) cannot ${cannot}`;
  const rights = cells.slice(1).map((cell, i) => `${header[i + 1]!.toLowerCase()}: ${cell}`);
  return `**${who}**: ${rights.join('; ')}`;
}

function wordsOf({ how, suite, test, without }: Trial): string[] {
  return [
    how,
    `[${nameOf(suite)}](../${suite}): ${test}`,
    `[${nameOf(without.file)}](../${without.file}): ${without.what}`,
  ];
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
