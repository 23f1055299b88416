// The journal: one document that says what is live and what is under way. Every step of a publication is one conditional write
// of it, so that two agents cannot both take it, and a run that was interrupted is found and finished.

import { z } from 'zod';
import { PublicationError } from './errors.ts';
import type { DocumentStore } from './ports.ts';

export const JOURNAL = 'publication/journal.json';
const FORMAT = 'serverless-protector/publication/1';

const version = z.int().min(1);
/** By function name. */
const versions = z.record(z.string(), z.string());
/** Root key version → the token that the canary value has under it, for ever. */
const answers = z.record(z.string(), z.string());

/** What a released policy consists of. */
const content = {
  version,
  policy: z.string(),
  dataStore: z.string(),
  /** Name of the sealed policy among the documents. */
  bundle: z.string(),
  /** SHA-256 of what was published, in hexadecimal. */
  digest: z.string(),
  answers,
};

const release = z.strictObject({
  ...content,
  layer: z.string(),
  /** Function versions that carry the layer and have given the right answer. */
  functions: versions,
  /** The version that was live before, which a rollback goes back to. */
  before: version.optional(),
});

const event = z.strictObject({
  code: z.union(
    [50, 51, 56, 57, 71, 78, 80, 86].map((code) => z.literal(code as 50 | 51 | 56 | 57 | 71 | 78 | 80 | 86)),
  ),
  policy: z.string(),
  dataStore: z.string(),
  policyVersion: z.string().optional(),
  detail: z.string().optional(),
});

const pending = z.strictObject({
  ...content,
  /** `redeploy`: the live release onto functions that lack it. `rollback`: a release that was live before. */
  kind: z.enum(['publish', 'redeploy', 'rollback']),
  /**
   * `prepare`: nothing that anybody calls has changed. `promote`: every candidate has answered, aliases are being moved.
   * `settle`: it is live, and what it leaves behind is being put away. `undo`: it will not be, and is being taken back.
   */
  stage: z.enum(['prepare', 'promote', 'settle', 'undo']),
  /** Name of each function → the front end whose language it speaks. */
  frontEnds: z.record(z.string(), z.string()),
  layer: z.string().optional(),
  candidates: versions,
  /** Where the aliases were when they began to be moved. */
  aliases: versions,
  /** Recorded when aliases begin to be moved. */
  events: z.array(event),
  failure: z.string().optional(),
});

const journalSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Grows with every write, so that no two journals have the same bytes, and a tag never comes back. */
  revision: z.int().min(0),
  /** Of policies. Given out once, also when nothing came of it. */
  lastVersion: z.int().min(0),
  /** Version of the sealed keyring; 0: there is none yet. */
  keyring: z.int().min(0),
  signingKeyId: z.string().optional(),
  /** Known answers of all root keys that ever were. */
  answers,
  /** Of those that can be gone back to, and of the live one; newest first. */
  releases: z.array(release),
  live: version.optional(),
  pending: pending.optional(),
  /** Of each function, the build that a version was last published from: what became of it does not matter. */
  tried: versions.prefault({}),
  /** The upload that was last dealt with, and what became of it. */
  handled: z
    .strictObject({ upload: z.string(), outcome: z.enum(['published', 'unchanged', 'refused', 'failed']) })
    .optional(),
  /** What has happened and is not known to be in the audit trail. */
  outbox: z.array(event),
});

export type Journal = z.infer<typeof journalSchema>;
export type Release = Journal['releases'][number];
export type Pending = NonNullable<Journal['pending']>;
export type PolicyEvent = Journal['outbox'][number];
export type Handled = NonNullable<Journal['handled']>;

const EMPTY: Journal = {
  format: FORMAT,
  revision: 0,
  lastVersion: 0,
  keyring: 0,
  answers: {},
  releases: [],
  tried: {},
  outbox: [],
};

/** A journal as it was read, and the right to write the next one. */
export interface HeldJournal {
  readonly journal: Journal;
  readonly tag: string | undefined;
}

export async function readJournal(documents: DocumentStore): Promise<HeldJournal> {
  const stored = await documents.read(JOURNAL);
  if (stored === undefined) return { journal: EMPTY, tag: undefined };
  return { journal: parseJournal(stored.text), tag: stored.tag };
}

/** Resolves to `next` once it has taken the place of the journal held; to undefined when another agent was first. */
export async function writeJournal(
  documents: DocumentStore,
  held: HeldJournal,
  next: Journal,
): Promise<HeldJournal | undefined> {
  const journal = { ...next, revision: held.journal.revision + 1 };
  const tag = await documents.write(JOURNAL, `${JSON.stringify(journal, null, 2)}\n`, held.tag);
  return tag === undefined ? undefined : { journal, tag };
}

/** Whether the journal is still the one held. */
export async function isCurrent(documents: DocumentStore, held: HeldJournal): Promise<boolean> {
  return (await documents.read(JOURNAL))?.tag === held.tag;
}

function parseJournal(text: string): Journal {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  const parsed = journalSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new PublicationError(
    'PUBLICATION_STATE_INVALID',
    `The publication journal ${JOURNAL} is not one of this release`,
  );
}

/** The release that callers get. */
export function liveRelease(journal: Journal): Release | undefined {
  return journal.releases.find((one) => one.version === journal.live);
}
