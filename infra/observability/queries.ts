// The saved queries of infra/queries: one question a file, in CloudWatch Logs Insights QL.
import { readdirSync, readFileSync } from 'node:fs';

/** Whose log groups a query is asked of: the audit trail's, or those of functions by what they do. */
export const LOG_SOURCES = ['audit', 'protect', 'agent', 'sealer', 'forwarder', 'gateway'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** A placeholder `{{name}}` of a query. */
export interface QueryParameter {
  readonly name: string;
  readonly defaultValue: string;
  readonly description: string;
}

export interface SavedQuery {
  /** The file's name without its ending. */
  readonly name: string;
  /** What it answers, in a sentence: the first line of the file. */
  readonly question: string;
  readonly sources: readonly LogSource[];
  readonly parameters: readonly QueryParameter[];
  /** The whole file, comments and all: the console shows it. */
  readonly text: string;
}

const FOLDER = new URL('../queries/', import.meta.url);

/** Every query, by name. Throws an `Error` that names the file and what its head lacks. */
export function savedQueries(): SavedQuery[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => readQuery(file.slice(0, -'.txt'.length), readFileSync(new URL(file, FOLDER), 'utf8').trimEnd()));
}

/** A query by the text of its file: `# question`, `# Logs: …`, and a `# Parameter: name = default (description)` for each. */
export function readQuery(name: string, text: string): SavedQuery {
  const [first = '', second = '', ...rest] = text.split('\n');
  const question = /^# (\S.*\?.*)$/.exec(first)?.[1];
  const listed = /^# Logs: (.+)$/.exec(second)?.[1]?.split(', ');
  const sources = LOG_SOURCES.filter((source) => listed?.includes(source));
  if (question === undefined) throw new Error(`${name}: its first line must be a comment that asks a question`);
  if (listed === undefined || sources.length !== listed.length) {
    throw new Error(`${name}: its second line must be "# Logs: " and some of ${LOG_SOURCES.join(', ')}`);
  }
  const parameters = rest.flatMap((line) => {
    const found = /^# Parameter: ([A-Za-z_]\w*) = (.+?) \((.+)\)$/.exec(line);
    return found === null ? [] : [{ name: found[1]!, defaultValue: found[2]!, description: found[3]! }];
  });
  const used = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, placeholder]) => placeholder!);
  const declared = parameters.map((parameter) => parameter.name);
  if (!used.every((one) => declared.includes(one)) || !declared.every((one) => used.includes(one))) {
    throw new Error(`${name}: each {{placeholder}} needs a "# Parameter: name = default (description)", and no other`);
  }
  return { name, question, sources, parameters, text };
}

/** The query without its comments, on its lines. */
export function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}
