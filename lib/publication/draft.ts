// From an authored policy to the start of its publication: keys, review, canary, seal. Nothing that callers use
// changes.

import { PUBLISHED } from '../contract/policy-agent.ts';
import { BundleError } from '../crypto/sealed-bundle.ts';
import { PublicationError } from './errors.ts';
import { sealPolicy } from '../policy/bundle.ts';
import { PolicyError } from '../policy/errors.ts';
import type { OpenedKeyring } from '../policy/sealed-keyring.ts';
import { canaryAnswers, withCanary } from './canary.ts';
import { ensureKeyring, keyringEvents, keyringOf, type KeyPlace } from './durable-keys.ts';
import type { Agreed } from './gate.ts';
import { type Journal, liveRelease, type PolicyEvent, type Release } from './journal.ts';
import { type KeptTests, sealTests } from './kept-tests.ts';
import { type AuthoredPolicy, digestOf, eventsOf, pinnedRoot, reviewPolicy } from './review.ts';
import { policyOf } from './sealed-release.ts';
import { begun, type Beginning } from './transitions.ts';

export interface DraftSettings {
  /** Name of each protect function → its front end. */
  readonly functions: Readonly<Record<string, string>>;
  /** Lint rules that stop a publication. */
  readonly stopAt: ReadonlySet<string>;
  /** The user that replaces every user of the functions, where it is set. */
  readonly serviceUser?: string | undefined;
}

/** A policy that may be published, the id of its upload, and why it may be. */
export interface Candidate {
  readonly authored: AuthoredPolicy;
  readonly upload: string;
  readonly agreed: Agreed;
  /** The tests and statements that it passed; undefined where it has none. */
  readonly tested: KeptTests | undefined;
}

/**
 * Returns the next journal: with the publication of the candidate begun, with a new keyring version noted, or with the
 * upload noted as unchanged when the policy is live already. Throws `PolicyError` for a policy that must not be
 * published.
 */
export async function draftPublication(
  world: KeyPlace,
  settings: DraftSettings,
  journal: Journal,
  { authored, upload, agreed, tested }: Candidate,
): Promise<Journal> {
  const { policy, mapping } = authored;
  const keyring = await ensureKeyring(world, journal.keyring, policy.dataStore, pinnedRoot(policy));
  if (keyring.version !== journal.keyring) return withKeyring(world, journal, policy.name, keyring);
  const warnings = reviewPolicy(
    { policy, mapping, keyring: keyring.content },
    keyring,
    settings.stopAt,
    world.now().getTime(),
  );
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
  // A unique name: the agent that writes the journal first decides which of two bundles is this version.
  const bundle = `${PUBLISHED.policies}${version}-${Buffer.from(world.random(8)).toString('hex')}.sealed.json`;
  await world.documents.write(bundle, `${JSON.stringify(sealed)}\n`, undefined);
  const tests = tested && (await keepTests(world, tested, { policy: policy.name, version, bundle }));
  const before = live === undefined ? undefined : await rolesOf(world, live);
  const beginning: Beginning = {
    kind: 'publish',
    version,
    policy: policy.name,
    dataStore: policy.dataStore,
    bundle,
    digest,
    answers,
    ...agreed,
    ...(tested !== undefined && { tested: tested.passed.length, tests }),
    frontEnds: { ...settings.functions },
    candidates: {},
    events: eventsOf(version, policy, before, warnings),
  };
  return begun(journal, beginning, upload);
}

/** Writes the tests that a policy version passed beside its bundle, and resolves to the name of the document. */
async function keepTests(
  { documents, keys, now, random }: KeyPlace,
  tests: KeptTests,
  { policy, version, bundle }: { readonly policy: string; readonly version: number; readonly bundle: string },
): Promise<string> {
  const name = bundle.replace('.sealed.json', '.tests.sealed.json');
  const sealed = await sealTests(keys, tests, { policy, version, createdAt: now() }, random(12));
  await documents.write(name, `${JSON.stringify(sealed)}\n`, undefined);
  return name;
}

/** Notes a newer keyring, and what happened to the root keys since the last one. */
export async function withKeyring(
  world: KeyPlace,
  journal: Journal,
  policy: string,
  keyring: OpenedKeyring,
): Promise<Journal> {
  const events = keyringEvents(await keyringOf(world, journal.keyring), keyring).map(
    (event): PolicyEvent => ({ ...event, policy, dataStore: keyring.dataStore }),
  );
  return { ...journal, keyring: keyring.version, outbox: [...journal.outbox, ...events] };
}

/** Checks that every root key still gives the known token: a changed or lost root key would make columns unreadable. */
function checkAnswers(known: Readonly<Record<string, string>>, answers: Readonly<Record<string, string>>): void {
  const problems = Object.entries(known)
    .filter(([root, token]) => answers[root] !== token)
    .map(([root]) => ({
      path: '$',
      message: `root key version ${root} is missing or differs from the one that protected the values`,
    }));
  if (problems.length > 0) throw new PolicyError('The keyring', problems);
}

/**
 * Reads the names of the roles of a release. A bundle that cannot be opened any more must not stop the next
 * publication.
 */
async function rolesOf(world: KeyPlace, release: Release): Promise<string[]> {
  try {
    return (await policyOf(world, release)).roles.map(({ name }) => name);
  } catch (error) {
    if (error instanceof BundleError || error instanceof PublicationError) return [];
    throw error;
  }
}
