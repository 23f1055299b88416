// What zod found wrong with a document, in the words of the files' authors.
import type { z } from 'zod';
import { memberStep } from './path.ts';
import type { Problem } from './problem.ts';

/** The document without the reference to its schema, which is for editors. */
export function withoutSchema(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { $schema, ...content } = document as Record<string, unknown>;
  return typeof $schema === 'string' ? content : document;
}

/** One problem for each member that is unknown, else one for the issue. */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : memberStep(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path + memberStep(key), message: 'unknown member' }));
  }
  return [{ path, message: issue.message }];
}
