// The saved queries of infra/queries: one question per file, in CloudWatch Logs Insights QL.
import { readdirSync, readFileSync } from 'node:fs';

/** The log groups that a query reads: those of the audit trail, or of functions by their task. */
export const LOG_SOURCES = ['audit', 'protect', 'agent', 'sealer', 'verifier', 'forwarder', 'gateway'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** A placeholder `{{name}}` of a query. */
export interface QueryParameter {
  readonly name: string;
  readonly defaultValue: string;
  readonly description: string;
}

export interface SavedQuery {
  /** The name of the file without its extension. */
  readonly name: string;
  /** The question that the query answers: the first line of the file. */
  readonly question: string;
  readonly sources: readonly LogSource[];
  readonly parameters: readonly QueryParameter[];
  /** When it runs where queries are scheduled (cron, UTC), and over how many days before. @default never by itself */
  readonly schedule?: { readonly cron: string; readonly days: number };
  /** The whole file with its comments, which the console shows. */
  readonly text: string;
}

const FOLDER = new URL('../queries/', import.meta.url);

/**
 * Reads all queries, in the order of their names. Throws an `Error` that names the file and the problem of its head.
 */
export function savedQueries(): SavedQuery[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => readQuery(file.slice(0, -'.txt'.length), readFileSync(new URL(file, FOLDER), 'utf8').trimEnd()));
}

/**
 * Parses a file: `# question`, `# Logs: …`, for each parameter `# Parameter: name = default (description)`, and for a query that
 * runs by itself `# Schedule: cron, over N days`.
 */
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
  const [, cron, days] = /^# Schedule: (cron\(.+\)), over (\d+) days$/m.exec(text) ?? [];
  if (cron === undefined && text.includes('# Schedule')) {
    throw new Error(`${name}: a schedule must be like "# Schedule: cron(0 6 * * ? *), over 8 days"`);
  }
  if (cron !== undefined && parameters.length > 0)
    throw new Error(`${name}: nobody fills in the parameters of a schedule`);
  const schedule = cron === undefined ? undefined : { cron, days: Number(days) };
  return { name, question, sources, parameters, text, ...(schedule && { schedule }) };
}

/** Returns the query without its comments. */
export function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}
