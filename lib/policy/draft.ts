import { type Entry, entries, wellFormed } from '../document/entries.ts';
import { type AlphabetDefinition, alphabetSchema } from './elements/parts.ts';
import {
  type ElementDefinition,
  elementSchema,
  type GroupDefinition,
  groupSchema,
  maskSchema,
  type PolicyDocument,
  type RoleDefinition,
  roleSchema,
} from './schema.ts';

type MaskEntry = PolicyDocument['masks'][number];

/** The readable parts of a policy document with mistakes: enough to check its references. */
export interface PolicyDraft {
  readonly alphabets: readonly Entry<AlphabetDefinition>[];
  readonly masks: readonly Entry<MaskEntry>[];
  readonly elements: readonly Entry<ElementDefinition>[];
  readonly groups: readonly Entry<GroupDefinition>[];
  readonly roles: readonly Entry<RoleDefinition>[];
  /** Undefined where the list is absent or malformed. */
  readonly users: readonly string[] | undefined;
  /** Names of all entries of a list, malformed ones included: a reference to one is not a second mistake. */
  readonly names: Readonly<Record<'alphabets' | 'masks' | 'elements' | 'groups', ReadonlySet<string>>>;
}

/** Reads the draft of any document. */
export function readDraft(document: unknown): PolicyDraft {
  const { alphabets, masks, elements, users, groups, roles } = Object(document) as Record<string, unknown>;
  return {
    alphabets: wellFormed('$.alphabets', alphabetSchema, alphabets),
    masks: wellFormed('$.masks', maskSchema, masks),
    elements: wellFormed('$.elements', elementSchema, elements),
    groups: wellFormed('$.groups', groupSchema, groups),
    roles: wellFormed('$.roles', roleSchema, roles),
    users: Array.isArray(users) && users.every((user) => typeof user === 'string') ? users : undefined,
    names: { alphabets: names(alphabets), masks: names(masks), elements: names(elements), groups: names(groups) },
  };
}

/** Returns the draft of a well-formed policy. */
export function draftOf(policy: PolicyDocument): PolicyDraft {
  const { alphabets, masks, elements, users, groups, roles } = policy;
  return {
    alphabets: entries('$.alphabets', alphabets),
    masks: entries('$.masks', masks),
    elements: entries('$.elements', elements),
    groups: entries('$.groups', groups),
    roles: entries('$.roles', roles),
    users,
    names: { alphabets: names(alphabets), masks: names(masks), elements: names(elements), groups: names(groups) },
  };
}

function names(items: unknown): Set<string> {
  if (!Array.isArray(items)) return new Set();
  const found = items.map((item: unknown) => (Object(item) as Record<string, unknown>).name);
  return new Set(found.filter((name) => typeof name === 'string'));
}
