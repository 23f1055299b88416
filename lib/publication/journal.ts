// The journal: one document that holds the live release and the publication under way. Every step is one conditional
// write of it, so two agents cannot both take a step, and the next run finds and finishes an interrupted one.

import { PUBLISHED } from '../contract/policy-agent.ts';
import { z } from 'zod';
import { PublicationError } from './errors.ts';
import type { DocumentStore } from './ports.ts';

export const JOURNAL = PUBLISHED.journal;
const FORMAT = 'serverless-protector/publication/1';

const version = z.int().min(1);
/** By function name. */
const versions = z.record(z.string(), z.string());
/** Root key version → the token of the canary value under it, which never changes. */
const answers = z.record(z.string(), z.string());

/** Who signed and who approved a release, as the deployment names them. */
const agreed = { author: z.string().optional(), approver: z.string().optional() };

const testsPassed = {
  /** How many tests and statements it passed. */
  tested: z.int().min(0).optional(),
  /** Name of the sealed tests among the documents. */
  tests: z.string().optional(),
};

/** The parts of a released policy. */
const content = {
  version,
  policy: z.string(),
  dataStore: z.string(),
  /** Name of the sealed policy among the documents. */
  bundle: z.string(),
  /** SHA-256 of the published policy and mapping, in hexadecimal. */
  digest: z.string(),
  answers,
  ...agreed,
  ...testsPassed,
};

const release = z.strictObject({
  ...content,
  layer: z.string(),
  /** Function versions that carry the layer and gave the right answer. */
  functions: versions,
  /** The version that was live before, which is the target of a rollback. */
  before: version.optional(),
});

const event = z.strictObject({
  code: z.union(
    [50, 51, 56, 57, 71, 76, 78, 80, 86].map((code) => z.literal(code as 50 | 51 | 56 | 57 | 71 | 76 | 78 | 80 | 86)),
  ),
  policy: z.string(),
  dataStore: z.string(),
  policyVersion: z.string().optional(),
  detail: z.string().optional(),
});

/** A version that went live, and when: the last ones of a deployment, oldest first. */
const lived = z.strictObject({
  version,
  /** Epoch milliseconds. */
  fromMs: z.int().min(0),
  bundle: z.string(),
  digest: z.string(),
  ...agreed,
  ...testsPassed,
});

const pending = z.strictObject({
  ...content,
  /** `redeploy`: the live release onto functions that lack it. `rollback`: a release that was live before. */
  kind: z.enum(['publish', 'redeploy', 'rollback']),
  /**
   * `prepare`: callers see no change yet. `promote`: every candidate gave the right answer, and the agent moves the
   * aliases. `settle`: the release is live, and the agent cleans up. `undo`: the publication failed, and the agent
   * undoes it.
   */
  stage: z.enum(['prepare', 'promote', 'settle', 'undo']),
  /** Name of each function → its front end. */
  frontEnds: z.record(z.string(), z.string()),
  layer: z.string().optional(),
  candidates: versions,
  /** The versions of the aliases before the promotion. */
  aliases: versions,
  /** Events to record when the promotion begins. */
  events: z.array(event),
  failure: z.string().optional(),
  /** Whether AWS refused a step, as opposed to a function that gave a wrong answer. */
  refused: z.boolean().optional(),
});

const journalSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** Grows with every write, so that no two journals have the same bytes, and no tag repeats. */
  revision: z.int().min(0),
  /** The last policy version. A version is used once, also when its publication fails. */
  lastVersion: z.int().min(0),
  /** Version of the sealed keyring; 0: there is none yet. */
  keyring: z.int().min(0),
  signingKeyId: z.string().optional(),
  /** Known answers of all root keys since the first. */
  answers,
  /** The live release and those that are kept for a rollback; newest first. */
  releases: z.array(release),
  live: version.optional(),
  history: z.array(lived).prefault([]),
  pending: pending.optional(),
  /** For each function the build of its last attempt, whether or not a version of it went live. */
  tried: versions.prefault({}),
  /** The last upload that the agent handled, and its outcome. `waiting`: somebody has to sign or approve it first. */
  handled: z
    .strictObject({
      upload: z.string(),
      outcome: z.enum(['published', 'unchanged', 'waiting', 'refused', 'failed']),
      /** Who agreed to it, and after which live version (0: none); for another try after a failure. */
      agreed: z.strictObject({ ...agreed, after: z.int().min(0) }).optional(),
    })
    .optional(),
  /** Attempts that AWS refused since the last success or the last upload, and when the next one may be, in epoch ms. */
  refusals: z.strictObject({ count: z.int().min(1), nextTryMs: z.int() }).optional(),
  /** Events that may not be in the audit trail yet. */
  outbox: z.array(event),
});

export type Journal = z.infer<typeof journalSchema>;
export type Release = Journal['releases'][number];
export type Lived = Journal['history'][number];
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
  history: [],
  tried: {},
  outbox: [],
};

/** A journal with its tag, which the next write needs. */
export interface HeldJournal {
  readonly journal: Journal;
  readonly tag: string | undefined;
}

export async function readJournal(documents: DocumentStore): Promise<HeldJournal> {
  const stored = await documents.read(JOURNAL);
  if (stored === undefined) return { journal: EMPTY, tag: undefined };
  return { journal: parseJournal(stored.text), tag: stored.tag };
}

/** Replaces the held journal by `next` and resolves to it; resolves to undefined when another agent was first. */
export async function writeJournal(
  documents: DocumentStore,
  held: HeldJournal,
  next: Journal,
): Promise<HeldJournal | undefined> {
  const journal = { ...next, revision: held.journal.revision + 1 };
  const tag = await documents.write(JOURNAL, `${JSON.stringify(journal, null, 2)}\n`, held.tag);
  return tag === undefined ? undefined : { journal, tag };
}

/** Tells whether the held journal is still the stored one. */
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
    `The publication journal ${JOURNAL} cannot be read by this release`,
  );
}

/** Returns the release that callers get. */
export function liveRelease(journal: Journal): Release | undefined {
  return journal.releases.find((one) => one.version === journal.live);
}
