// From an authored policy to the beginning of its publication: keys, review, canary, seal. What callers meet is not touched.

import { BundleError } from '../crypto/sealed-bundle.ts';
import { openPolicy, sealPolicy } from '../policy/bundle.ts';
import { newestVersion } from '../policy/keyring.ts';
import { PolicyError } from '../policy/errors.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import type { OpenedKeyring } from '../policy/sealed-keyring.ts';
import { canaryAnswers, withCanary } from './canary.ts';
import { ensureKeyring, type KeyPlace } from './durable-keys.ts';
import { type Journal, liveRelease, type PolicyEvent, type Release } from './journal.ts';
import { type AuthoredPolicy, digestOf, eventsOf, pinnedRoot, reviewPolicy } from './review.ts';
import { begun, type Beginning } from './transitions.ts';

export interface DraftSettings {
  /** Name of each protect function → the front end whose language it speaks. */
  readonly functions: Readonly<Record<string, string>>;
  /** Lint rules that are errors here. */
  readonly stopAt: ReadonlySet<string>;
  /** The user that functions see in everybody's place, if they are set up so. */
  readonly serviceUser?: string | undefined;
}

/**
 * The journal in which the publication of `authored` has begun; or the one before that, which takes note of a new root key,
 * or of a policy that is live already. Throws `PolicyError` for a policy that must not be published.
 */
export async function draftPublication(
  world: KeyPlace,
  settings: DraftSettings,
  journal: Journal,
  authored: AuthoredPolicy,
  upload: string,
): Promise<Journal> {
  const { policy, mapping } = authored;
  const keyring = await ensureKeyring(world, journal.keyring, policy.dataStore, pinnedRoot(policy));
  if (keyring.version !== journal.keyring) return withKeyring(journal, policy, keyring);
  const warnings = reviewPolicy({ policy, mapping, keyring: keyring.content }, keyring, settings.stopAt);
  const digest = digestOf(authored);
  const live = liveRelease(journal);
  if (live?.digest === digest) return { ...journal, handled: { upload, outcome: 'unchanged' } };

  const version = journal.lastVersion + 1;
  const content = {
    policy: withCanary(policy, version, keyring.content, settings.serviceUser),
    mapping,
    keyring: keyring.content,
  };
  const answers = canaryAnswers(version, content, world.random);
  checkAnswers(journal.answers, answers);
  const sealed = await sealPolicy(world.keys, content, { version, createdAt: world.now() }, world.random(12));
  // A name of its own: whoever is first to write the journal decides which of two agents' bundles is this version.
  const bundle = `policies/${version}-${Buffer.from(world.random(8)).toString('hex')}.sealed.json`;
  await world.documents.write(bundle, `${JSON.stringify(sealed)}\n`, undefined);
  const before = live === undefined ? undefined : await rolesOf(world, live);
  const beginning: Beginning = {
    kind: 'publish',
    version,
    policy: policy.name,
    dataStore: policy.dataStore,
    bundle,
    digest,
    answers,
    frontEnds: { ...settings.functions },
    candidates: {},
    events: eventsOf(version, policy, before, warnings),
  };
  return begun(journal, beginning, upload);
}

function withKeyring(journal: Journal, policy: PolicyDocument, keyring: OpenedKeyring): Journal {
  const event: PolicyEvent = {
    code: 78,
    policy: policy.name,
    dataStore: keyring.dataStore,
    detail: `root key version ${newestVersion(keyring.content)}`,
  };
  return { ...journal, keyring: keyring.version, outbox: [...journal.outbox, event] };
}

/** A root key that makes another token than it did, or that is gone, would make columns unreadable. */
function checkAnswers(known: Readonly<Record<string, string>>, answers: Readonly<Record<string, string>>): void {
  const problems = Object.entries(known)
    .filter(([root, token]) => answers[root] !== token)
    .map(([root]) => ({
      path: '$',
      message: `root key version ${root} is not the one that values are protected with`,
    }));
  if (problems.length > 0) throw new PolicyError('The keyring', problems);
}

/** The roles of a release, to say which are new. A bundle that cannot be opened any more must not stop the next one. */
async function rolesOf({ documents, keys }: KeyPlace, { bundle }: Release): Promise<string[]> {
  const stored = await documents.read(bundle);
  try {
    const { content } = await openPolicy(keys, JSON.parse(stored?.text ?? 'null'));
    return content.policy.roles.map(({ name }) => name);
  } catch (error) {
    if (error instanceof BundleError || error instanceof SyntaxError) return [];
    throw error;
  }
}
