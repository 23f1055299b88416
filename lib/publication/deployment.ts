// The steps that change layers, functions and aliases. A step may be taken twice, by two agents at once, or half: it
// keeps what exists already, and every change is conditional on the revision that the step read. Between the two it
// reads the journal once more, so that a suspended agent cannot take a step of a finished publication: either the
// journal or the revision has changed.

import { createHash } from 'node:crypto';
import { API_TIME_LIMIT_S } from '../contract/deployment.ts';
import { SIGNING_KEY } from './durable-keys.ts';
import { PublicationError } from './errors.ts';
import { type HeldJournal, isCurrent, type Pending, type Release } from './journal.ts';
import { zip } from './layer-zip.ts';
import { checkVersion } from './sealed-release.ts';
import type {
  Aliases,
  Capacity,
  DocumentStore,
  FunctionVersion,
  LayerVersion,
  PolicyLayers,
  ProtectFunctions,
} from './ports.ts';
import type { Present } from './transitions.ts';

export interface Deployment {
  readonly documents: DocumentStore;
  readonly layers: PolicyLayers;
  readonly functions: ProtectFunctions;
  readonly aliases: Aliases;
  /** Of functions on instances. @default they run on demand */
  readonly capacity?: Capacity | undefined;
  readonly wait: (ms: number) => Promise<void>;
}

/** The journal has changed since it was read: another agent took the step. */
export class Overtaken extends Error {}

/** A function is busy for seconds after a change of its configuration, rarely for more than a minute. */
const ATTEMPTS = 60;
const PAUSE_MS = 1_000;
/** Environments on instances start in minutes: EC2 may have to launch the instances first. */
const START_ATTEMPTS = 600;
/** Longer than a request runs that began before an alias moved. */
const DRAIN_MS = (API_TIME_LIMIT_S + 5) * 1_000;

/** Publishes the layer of a sealed policy, or finds the layer of an interrupted run. Resolves to its ARN. */
export async function publishLayer(deployment: Deployment, pending: Pending): Promise<string> {
  const { archive, description } = await layerOf(deployment, pending);
  return ensureLayer(deployment, archive, description);
}

/**
 * Returns a release as this deployment has it. A deployment that adopted the documents of another one, in another Region or
 * before its functions were made anew, has other layers and versions than the journal names.
 */
export async function present(deployment: Deployment, release: Release): Promise<Present> {
  const { layers, functions } = deployment;
  const { description } = await layerOf(deployment, release);
  const layer = (await layers.list()).find((one) => one.description === description)?.arn;
  const carried: Record<string, string> = {};
  for (const [name, version] of layer === undefined ? [] : Object.entries(release.functions)) {
    // oxlint-disable-next-line no-await-in-loop -- three functions, for a rollback or a redeployment
    if ((await layersOf(functions, name, version)).includes(layer!)) carried[name] = version;
  }
  return { ...release, layer, functions: carried };
}

/** Returns the layers of a function version; none of one that does not exist or cannot be read. */
async function layersOf(functions: ProtectFunctions, name: string, version: string): Promise<readonly string[]> {
  try {
    return (await functions.configuration(name, version)).layers;
  } catch (error) {
    if (error instanceof PublicationError && error.code === 'PUBLICATION_REFUSED') return [];
    throw error;
  }
}

async function layerOf(
  { documents }: Deployment,
  release: Pick<Release, 'bundle' | 'version'>,
): Promise<{ readonly archive: Uint8Array; readonly description: string }> {
  const sealed = await bytesOf(documents, release.bundle);
  checkVersion(Buffer.from(sealed).toString(), release);
  const archive = zip({
    'protector/policy.sealed.json': sealed,
    [SIGNING_KEY_FILE]: await bytesOf(documents, SIGNING_KEY),
  });
  return { archive, description: describe(archive, `Policy version ${release.version}`) };
}

const SIGNING_KEY_FILE = 'protector/audit-signing.sealed.json';

/** Describes a layer, which is found by this. */
function describe(archive: Uint8Array, title: string): string {
  return `${title}, SHA-256 ${createHash('sha256').update(archive).digest('hex')}`;
}

async function ensureLayer({ layers }: Deployment, archive: Uint8Array, description: string): Promise<string> {
  const published = (await layers.list()).find((layer) => layer.description === description);
  return (published ?? (await layers.publish(archive, description))).arn;
}

async function bytesOf(documents: DocumentStore, name: string): Promise<Uint8Array> {
  const stored = await documents.read(name);
  if (stored !== undefined) return Buffer.from(stored.text);
  throw new PublicationError('PUBLICATION_STATE_INVALID', `The document ${name} is gone`);
}

/**
 * Publishes a version of a function that carries the layer besides its other layers. Resolves to the version and its
 * build.
 */
export function publishCandidate(
  deployment: Deployment,
  held: HeldJournal,
  name: string,
  layer: string,
  description: string,
): Promise<Candidate> {
  const { functions } = deployment;
  return untilDone(deployment, name, async () => {
    const { layers, revision, build, state } = await functions.configuration(name);
    if (state === 'busy') return undefined;
    const wanted = withLayer(layers, layer);
    await confirm(deployment, held);
    if (!sameList(layers, wanted)) {
      await functions.setLayers(name, wanted, revision);
      return undefined;
    }
    if (state === 'failed') throw refused(`the last update of ${name} failed`);
    const { version, layers: carried } = await functions.publish(name, revision, description);
    return carried.includes(layer) ? { version, build } : undefined;
  });
}

export interface Candidate {
  readonly version: string;
  readonly build: string;
}

/** Resolves once the version of the function can be called. Starts one on instances. */
export async function untilReady(deployment: Deployment, name: string, version: string): Promise<void> {
  const { capacity, functions } = deployment;
  await startVersion(deployment, name, version);
  const step = async (): Promise<true | undefined> => {
    const { state } = await functions.configuration(name, version);
    if (state === 'failed') throw refused(`version ${version} of ${name} cannot start`);
    if (state === 'stopped') await capacity?.start(name, version);
    return state === 'ready' ? true : undefined;
  };
  await untilDone(deployment, name, step, capacity === undefined ? ATTEMPTS : START_ATTEMPTS);
}

/**
 * Starts a version on instances, which takes minutes: all candidates before the first of them is waited for. One that was
 * published a moment ago may refuse the change, so it is asked again. On demand there is nothing to start.
 */
export async function startVersion(deployment: Deployment, name: string, version: string): Promise<void> {
  const { capacity } = deployment;
  if (capacity === undefined) return;
  await untilDone(deployment, name, () => capacity.start(name, version).then(() => true), START_ATTEMPTS);
}

/**
 * Takes the environments from every version on instances that is not live and that no alias points at, once the last
 * request to it has ended, and gives the live ones theirs. Only while nothing is published: the journal is read once more
 * before each stop, so that no candidate of another agent is stopped. A stop that comes late all the same is mended by the
 * next run.
 */
export async function keepLiveRunning(
  deployment: Deployment,
  held: HeldJournal,
  live: Release,
  names: readonly string[],
): Promise<void> {
  const { aliases, capacity } = deployment;
  if (capacity === undefined) return;
  const running = await capacity.running();
  const idle: FunctionVersion[] = [];
  // oxlint-disable no-await-in-loop -- three functions, on a schedule
  for (const name of names) {
    const version = live.functions[name];
    if (version === undefined) continue;
    await capacity.start(name, version).catch(unlessOutdated);
    const { version: served } = await aliases.get(name);
    idle.push(...running.filter((one) => one.name === name && one.version !== version && one.version !== served));
  }
  if (idle.length > 0) await deployment.wait(DRAIN_MS);
  for (const { name, version } of idle) {
    await confirm(deployment, held);
    await capacity.stop(name, version).catch(unlessOutdated);
  }
  // oxlint-enable no-await-in-loop
}

/** A change of the version is under way: the next run looks again. */
function unlessOutdated(error: unknown): void {
  if (!(error instanceof PublicationError && error.code === 'PUBLICATION_OUTDATED')) throw error;
}

/**
 * Points the alias of a function at its candidate. Rejects with `PUBLICATION_REFUSED` when it points elsewhere
 * meanwhile.
 */
export async function promote(
  deployment: Deployment,
  held: HeldJournal,
  pending: Pending,
  name: string,
): Promise<void> {
  const step = { from: pending.aliases[name], to: pending.candidates[name]! };
  await moveAlias(deployment, held, name, step, `Policy version ${pending.version}`);
}

async function moveAlias(
  deployment: Deployment,
  held: HeldJournal,
  name: string,
  { from, to }: { readonly from: string | undefined; readonly to: string },
  description: string,
): Promise<void> {
  await untilDone(deployment, name, async () => {
    const alias = await deployment.aliases.get(name);
    if (alias.version === to) return true;
    if (alias.version !== from) throw refused(`somebody else moved the alias of ${name}`);
    await confirm(deployment, held);
    await deployment.aliases.move(name, to, alias.revision, description);
    return true;
  });
}

/**
 * Prepares a function before there is a policy: gives a function without a layer of the agent the audit signing key
 * alone, so that its refusals are recorded. Every step may be taken twice; a policy that is published meanwhile ends it
 * with `Overtaken`.
 */
export async function layGround(deployment: Deployment, held: HeldJournal, name: string): Promise<void> {
  const { aliases, documents, functions } = deployment;
  const archive = zip({ [SIGNING_KEY_FILE]: await bytesOf(documents, SIGNING_KEY) });
  const layer = await ensureLayer(deployment, archive, describe(archive, 'Audit signing key'));
  const { version: from } = await aliases.get(name);
  const { layers } = await functions.configuration(name, from);
  if (layers.some((one) => isSameLayer(one, layer))) return;
  const { version: to } = await publishCandidate(deployment, held, name, layer, WITHOUT_POLICY);
  await untilReady(deployment, name, to);
  await moveAlias(deployment, held, name, { from, to }, WITHOUT_POLICY);
}

const WITHOUT_POLICY = 'No policy yet';

/**
 * Points the alias of a function back at its live version when it serves no policy, without a new version. The stack's
 * template names the first version, so CloudFormation points the alias there when it repairs drift. An alias that serves
 * a policy stays, whatever its version: another party moved it. A live version without the live layer stays unused: the
 * function was made anew.
 */
export async function returnAlias(
  deployment: Deployment,
  held: HeldJournal,
  live: Release,
  name: string,
): Promise<void> {
  const { aliases, functions } = deployment;
  const to = live.functions[name];
  const { version: from } = await aliases.get(name);
  if (to === undefined || from === to) return;
  const { layers: served } = await functions.configuration(name, from);
  if (served.some((one) => isSameLayer(one, live.layer))) return;
  const { layers } = await functions.configuration(name, to);
  if (layers.includes(live.layer))
    await moveAlias(deployment, held, name, { from, to }, `Policy version ${live.version}`);
}

/**
 * Points the alias of a function back to the version before, unless another party has moved it. It writes the alias
 * also when it points there already: the new revision stops a suspended agent from moving it afterwards.
 */
export async function takeBack(
  deployment: Deployment,
  held: HeldJournal,
  pending: Pending,
  name: string,
): Promise<void> {
  const before = pending.aliases[name]!;
  await untilDone(deployment, name, async () => {
    const alias = await deployment.aliases.get(name);
    if (alias.version !== before && alias.version !== pending.candidates[name]) return true;
    await confirm(deployment, held);
    const move = deployment.aliases.move(
      name,
      before,
      alias.revision,
      `Policy version ${pending.version} was taken back`,
    );
    // An alias that was never moved is moved to where it is, which stops an agent that wakes late. Whoever may not move it
    // need not be stopped.
    if (alias.version === before) await move.catch(unlessRefused);
    else await move;
    return true;
  });
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof PublicationError && error.code === 'PUBLICATION_REFUSED')) throw error;
}

/** Gives a function the layer of the live release, or none, so that its next version does not carry another one. */
export async function restoreLayers(
  deployment: Deployment,
  held: HeldJournal,
  name: string,
  layer: string | undefined,
  ours: string,
): Promise<void> {
  const { functions } = deployment;
  await untilDone(deployment, name, async () => {
    const { layers, revision, state } = await functions.configuration(name);
    const wanted = layer === undefined ? layers.filter((one) => !isSameLayer(one, ours)) : replaceLayer(layers, layer);
    if (sameList(layers, wanted)) return true;
    if (state === 'busy') return undefined;
    await confirm(deployment, held);
    await functions.setLayers(name, wanted, revision);
    return true;
  });
}

/**
 * Removes layer versions that neither a release nor a pending publication uses, below the highest one in use: numbers
 * grow, so a version that another agent has published and not yet noted lies above.
 */
export async function pruneLayers({ layers }: Deployment, { journal }: HeldJournal): Promise<void> {
  const used = new Set([...journal.releases.map(({ layer }) => layer), journal.pending?.layer]);
  const listed = await layers.list();
  const highest = Math.max(0, ...listed.filter(({ arn }) => used.has(arn)).map(({ version }) => version));
  const unused = listed.filter(({ arn, version }) => !used.has(arn) && version < highest);
  // oxlint-disable-next-line no-await-in-loop -- a rare and slow call that is throttled account-wide
  for (const { version } of unused) await layers.remove(version);
}

export async function removeLayer({ layers }: Deployment, arn: string): Promise<void> {
  const found: LayerVersion | undefined = (await layers.list()).find((layer) => layer.arn === arn);
  if (found !== undefined) await layers.remove(found.version);
}

/** Resolves to what code and settings of a function are now; to undefined for one that is missing or cannot be read. */
export async function buildOf({ functions }: Deployment, name: string): Promise<string | undefined> {
  try {
    return (await functions.configuration(name)).build;
  } catch (error) {
    if (error instanceof PublicationError && error.code === 'PUBLICATION_REFUSED') return undefined;
    throw error;
  }
}

/** Returns the functions whose alias serves no policy layer, and those that the live release does not know. */
export async function functionsWithoutPolicy(
  { functions, aliases }: Deployment,
  names: readonly string[],
  live: Release,
): Promise<string[]> {
  const without: string[] = [];
  for (const name of names) {
    // oxlint-disable no-await-in-loop -- three functions, on a schedule
    const { version } = await aliases.get(name);
    const { layers } = await functions.configuration(name, version);
    // oxlint-enable no-await-in-loop
    if (!(name in live.functions) || !layers.some((layer) => isSameLayer(layer, live.layer))) without.push(name);
  }
  return without;
}

/** Repeats a step until it resolves to a value: while a function is busy, and when it was changed in between. */
async function untilDone<T>(
  { wait }: Deployment,
  name: string,
  step: () => Promise<T | undefined>,
  attempts = ATTEMPTS,
): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    // oxlint-disable no-await-in-loop -- attempts follow one another
    try {
      const done = await step();
      if (done !== undefined) return done;
    } catch (error) {
      if (!(error instanceof PublicationError && error.code === 'PUBLICATION_OUTDATED')) throw error;
    }
    await wait(PAUSE_MS);
    // oxlint-enable no-await-in-loop
  }
  throw new PublicationError(
    'PUBLICATION_UNAVAILABLE',
    `The function ${name} stays busy: an update of it has not ended for ${attempts === ATTEMPTS ? 'a minute' : 'ten minutes'}`,
  );
}

async function confirm({ documents }: Deployment, held: HeldJournal): Promise<void> {
  if (!(await isCurrent(documents, held))) throw new Overtaken();
}

/** Returns the layers with this version: in place of another version of the same layer, or else last. */
function withLayer(layers: readonly string[], layer: string): string[] {
  const others = layers.some((one) => isSameLayer(one, layer));
  return others ? replaceLayer(layers, layer) : [...layers, layer];
}

function replaceLayer(layers: readonly string[], layer: string): string[] {
  return layers.map((one) => (isSameLayer(one, layer) ? layer : one));
}

/** Compares layers without their version, which ends the ARN: `…:layer:<name>:<number>`. */
function isSameLayer(one: string, other: string): boolean {
  return one.replace(/:\d+$/, '') === other.replace(/:\d+$/, '');
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}

/** Makes a refusal. Its text becomes part of an audit record (code 80 or 86) and stays as it is. */
function refused(why: string): PublicationError {
  return new PublicationError('PUBLICATION_REFUSED', `The policy cannot be published: ${why}`);
}
