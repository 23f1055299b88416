// Translates zod's issues into problems that the author of a file understands.
import type { z } from 'zod';
import { memberStep } from './path.ts';
import type { Problem } from './problem.ts';

/** Removes the reference to the document's schema, which only editors use. */
export function withoutSchema(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { $schema, ...content } = document as Record<string, unknown>;
  return typeof $schema === 'string' ? content : document;
}

/** Makes one problem for each unknown member, else one for the issue. */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : memberStep(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path + memberStep(key), message: 'unknown member' }));
  }
  return [{ path, message: issue.message }];
}
