// What is wrong between the promises, their tests and the protections that these tests need.
import type { StatedPromise } from './document.ts';
import type { Trials } from './trials.ts';

/** Returns the text of a file of the repository, or undefined where there is none. */
type Read = (file: string) => string | undefined;

/** Returns every problem in words; none for a table in which each promise is tried. */
export function problemsOf(promises: readonly StatedPromise[], trials: Trials, read: Read): string[] {
  const ids = promises.map(({ id }) => id);
  const stated = new Set(ids);
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id}: SECURITY.md gives the number twice`),
    ...[...stated].filter((id) => (trials[id]?.length ?? 0) === 0).map((id) => `${id}: no test tries to break it`),
    ...Object.entries(trials).flatMap(([id, list]) => [
      ...(stated.has(id) ? [] : [`${id}: SECURITY.md makes no such promise`]),
      ...list.flatMap(({ suite, test, without: { file, before, after } }) => [
        ...(hasTitle(read(suite), test) ? [] : [`${id}: ${suite} has no test "${test}"`]),
        ...(countOf(read(file), before) === 1 ? [] : [`${id}: ${file} does not have the protection exactly once`]),
        ...(before === after ? [`${id}: nothing is taken out of ${file}`] : []),
      ]),
    ]),
  ];
}

function hasTitle(source: string | undefined, title: string): boolean {
  return ["'", '"', '`'].some((quote) => source?.includes(`${quote}${title}${quote}`) === true);
}

function countOf(text: string | undefined, part: string): number {
  return part === '' || text === undefined ? 0 : text.split(part).length - 1;
}
