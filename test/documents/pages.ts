// The documents: which pages there are, in which order, and what is on them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** A link to a file of the repository. `path` begins at its root. */
export interface Link {
  readonly page: string;
  readonly path: string;
  readonly anchor: string | undefined;
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Returns every page of Markdown that people read: those of the root, of docs and of the examples. */
export function allPages(): string[] {
  const below = ['docs', 'examples'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)),
  );
  return [...readdirSync(ROOT), ...below].filter((name) => name.endsWith('.md')).toSorted();
}

/** Returns the pages in the order in which a reader meets them: README, then those that docs and examples list. */
export function pagesInOrder(): string[] {
  const lists = ['docs/README.md', 'examples/README.md'].flatMap((list) => [
    list,
    ...linksOf(list).map(({ path }) => path),
  ]);
  const pages = lists.filter((path) => path.endsWith('.md') && /^(?:docs|examples)\//.test(path));
  return [...new Set(['README.md', ...pages])];
}

/** Returns the fenced blocks of a page, in order; those of a list without its indentation. */
export function blocksOf(page: string): Block[] {
  return [...textOf(page).matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(([, indent, language, text]) => ({
    page,
    language: language!,
    text: text!.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd(),
  }));
}

export function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[^]*?^\1```$/gm, '');
}

/** Returns the links of a page to files of the repository and to its own headings. */
export function linksOf(page: string): Link[] {
  const text = withoutBlocks(textOf(page));
  return [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path, anchor]) => ({
    page,
    path: path === '' ? page : normalize(join(dirname(page), path!)).replaceAll('\\', '/'),
    anchor,
  }));
}

/** Returns the anchors of the headings of a page, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
  return [...withoutBlocks(textOf(page)).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** Returns the links that lead nowhere. */
export function brokenLinks(pages: readonly string[]): Link[] {
  return pages.flatMap(linksOf).filter(({ path, anchor }) => {
    if (relative(ROOT, join(ROOT, path)).startsWith('..') || !existsSync(join(ROOT, path))) return true;
    return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
  });
}

/** Returns the tables of a page: the number of their rows, without header and rule. */
export function tableSizes(page: string): number[] {
  return [...withoutBlocks(textOf(page)).matchAll(/(?:^ *\|.*\n)+/gm)].map(
    ([table]) => table.trimEnd().split('\n').length - 2,
  );
}
