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

/** What can be read of a policy document that may be wrong in places: enough to check what its parts say of each other. */
export interface PolicyDraft {
  readonly alphabets: readonly Entry<AlphabetDefinition>[];
  readonly masks: readonly Entry<MaskEntry>[];
  readonly elements: readonly Entry<ElementDefinition>[];
  readonly groups: readonly Entry<GroupDefinition>[];
  readonly roles: readonly Entry<RoleDefinition>[];
  /** Where it is there and well-formed. */
  readonly users: readonly string[] | undefined;
  /** Names of all entries of a list, those of malformed ones included: referring to one is no second mistake. */
  readonly names: Readonly<Record<'alphabets' | 'masks' | 'elements' | 'groups', ReadonlySet<string>>>;
}

/** The draft of a document, whatever it is. */
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

/** The draft of a document that is well-formed throughout. */
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
