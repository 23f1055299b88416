// What zod found wrong with a document, in the words of the files' authors.
import type { z } from 'zod';
import type { Problem } from './problem.ts';

/** The document without the reference to its schema, which is for editors. */
export function withoutSchema(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { $schema, ...content } = document as Record<string, unknown>;
  return typeof $schema === 'string' ? content : document;
}

/** One problem for each member that is unknown, else one for the issue. */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : member(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path + member(key), message: 'unknown member' }));
  }
  return [{ path, message: issue.message }];
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
