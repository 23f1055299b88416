import type { z } from 'zod';
import {
  type AlphabetDefinition,
  alphabetSchema,
  type ElementDefinition,
  elementSchema,
  type RoleDefinition,
  roleSchema,
} from './schema.ts';

/** A well-formed entry of a list that may also hold entries that are not. */
export interface Entry<T> {
  readonly value: T;
  /** Such as `$.elements[2]`. */
  readonly path: string;
}

/** What can be read of a policy document that may be wrong in places: enough to check what its parts say of each other. */
export interface PolicyDraft {
  readonly alphabets: readonly Entry<AlphabetDefinition>[];
  readonly elements: readonly Entry<ElementDefinition>[];
  readonly roles: readonly Entry<RoleDefinition>[];
  /** Names of all elements and alphabets, those of malformed entries included: referring to one is no second mistake. */
  readonly elementNames: ReadonlySet<string>;
  readonly alphabetNames: ReadonlySet<string>;
}

export function readDraft(document: unknown): PolicyDraft {
  const { alphabets, elements, roles } = Object(document) as Record<string, unknown>;
  return {
    alphabets: entries('alphabets', alphabetSchema, alphabets),
    elements: entries('elements', elementSchema, elements),
    roles: entries('roles', roleSchema, roles),
    elementNames: names(elements),
    alphabetNames: names(alphabets),
  };
}

function entries<T>(list: string, schema: z.ZodType<T>, items: unknown): Entry<T>[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown, i) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [{ value: parsed.data, path: `$.${list}[${i}]` }] : [];
  });
}

function names(items: unknown): Set<string> {
  if (!Array.isArray(items)) return new Set();
  const found = items.map((item: unknown) => (Object(item) as Record<string, unknown>).name);
  return new Set(found.filter((name) => typeof name === 'string'));
}
