// Everything a policy agent works with, in memory, with hooks around every call.
import { randomBytes } from 'node:crypto';
import type { AgentEnvironment } from '../../../functions/runtime/publish/environment.ts';
import { lambdaCapacity } from '../../../lib/adapters/lambda/capacity.ts';
import { lambdaAliases, lambdaFunctions, lambdaInvoker } from '../../../lib/adapters/lambda/functions.ts';
import { lambdaLayers } from '../../../lib/adapters/lambda/layers.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { type FrontEnd, isFrontEnd } from '../../../lib/contract/front-ends.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { type AgentSettings, type AgentWorld, PolicyAgent } from '../../../lib/publication/agent.ts';
import { ensureSigningKey } from '../../../lib/publication/durable-keys.ts';
import { type Journal, type PolicyEvent, readJournal } from '../../../lib/publication/journal.ts';
import type { DocumentStore } from '../../../lib/publication/ports.ts';
import { MemorySink, redshiftEvent } from '../policy.ts';
import { modelClient } from './lambda-http.ts';
import { type Code, LambdaModel } from './lambda-model.ts';
import { MemoryDocuments } from './memory-documents.ts';
import { memoryKeyService } from './memory-keys.ts';
import { protectCode } from './protect-code.ts';

/** Nobody has to sign or approve a release. */
export const NO_GATE: AgentSettings['gate'] = { signers: [], requires: new Set(), place: 'authoring' };

export const ALIAS = 'Production';
export const LAYER = 'protector-policy';

/** The environments of a version on instances that was started. */
export const ENVIRONMENTS = { least: 2, most: 20 };

/** Called before and after every call of a port, by its name such as `functions.publish`. What it throws, the call rejects with. */
export interface Hooks {
  readonly before?: (call: string) => void | Promise<void>;
  readonly after?: (call: string) => void | Promise<void>;
}

export interface WorldOptions {
  /** Names that begin with their front end, such as `redshift-a`. */
  readonly functions?: readonly string[];
  readonly keys?: KeyService;
  readonly documents?: DocumentStore;
  /** Where authors put files. */
  readonly authored?: Pick<DocumentStore, 'read'> & { put(name: string, text: string): unknown };
  readonly record?: AgentWorld['record'];
  /** Whether the functions are on instances. @default they run on demand */
  readonly instances?: boolean;
}

/** The cloud: what is there whether an agent runs or not. */
export class TestCloud {
  readonly model = new LambdaModel();
  readonly authored: NonNullable<WorldOptions['authored']>;
  readonly documents: DocumentStore;
  readonly keys: KeyService;
  /** Events that agents have recorded. */
  readonly events: PolicyEvent[] = [];
  /** Records of the protect functions. */
  readonly sink = new MemorySink();
  readonly functions: readonly string[];
  /** The time of every clock, in epoch milliseconds. */
  nowMs = 1_800_000_000_000;
  readonly #record: AgentWorld['record'];
  readonly #instances: boolean;
  /** One for all agents: the SDK takes longer to make a client than to call with it. */
  readonly #client = modelClient(this.model);

  constructor(options: WorldOptions = {}) {
    this.#instances = options.instances ?? false;
    this.functions = options.functions ?? ['redshift-a', 'redshift-b'];
    this.keys = options.keys ?? memoryKeyService();
    this.authored = options.authored ?? new MemoryDocuments();
    this.documents = options.documents ?? new MemoryDocuments();
    this.#record =
      options.record ??
      (async (events) => {
        await Promise.resolve();
        this.events.push(...events);
      });
    for (const name of this.functions) this.deploy(name);
  }

  /** A function as infrastructure makes it: its alias points at a first version, which has no policy. */
  deploy(name: string): void {
    if (this.#instances) this.model.createOnInstances(name, this.code(name));
    else this.model.createFunction(name, this.code(name));
    const { revision } = this.model.getFunctionConfiguration(name);
    const { version } = this.model.publishVersion(name, revision, 'first');
    if (this.#instances) {
      this.model.functions.get(name)!.versions.get(version)!.scaling = { least: 0, most: 0 };
    }
    this.model.createAlias(name, ALIAS, version);
  }

  /** What the function of this name runs. */
  code(name: string): Code {
    return protectCode(frontEndOf(name), this.keys, this.sink);
  }

  async author(policy: unknown, mapping?: unknown): Promise<void> {
    await this.authored.put('policy.json', typeof policy === 'string' ? policy : JSON.stringify(policy));
    if (mapping !== undefined) await this.authored.put('mapping.json', JSON.stringify(mapping));
  }

  /** An agent, as an execution environment starts it. */
  async agent(settings: Partial<AgentSettings> = {}, hooks: Hooks = {}): Promise<PolicyAgent> {
    const { world, settings: usual } = await this.environment(hooks);
    return new PolicyAgent(
      { ...world, record: hooked('trail', { record: this.#record }, hooks).record },
      { ...usual, ...settings },
    );
  }

  /** What `policyAgentHandler` takes; its records go nowhere but into `events`. */
  async environment(hooks: Hooks = {}, asksCanary = false): Promise<AgentEnvironment> {
    const world = this.#world(hooks);
    const { keyId } = await ensureSigningKey(world, newSigningKey);
    const functions = Object.fromEntries(this.functions.map((name) => [name, frontEndOf(name)]));
    const record = (entry: unknown): void => {
      this.events.push(entry as PolicyEvent);
    };
    return {
      world,
      asksCanary,
      trail: { record, flush: () => Promise.resolve() },
      settings: { functions, keep: 3, stopAt: new Set(), signingKeyId: keyId, gate: NO_GATE },
    };
  }

  async journal(): Promise<Journal> {
    return (await readJournal(this.documents)).journal;
  }

  /** What a caller gets who asks through the alias. */
  async ask(name: string, event = redshiftEvent('pty_protect_dessn', ['900-12-3456'])): Promise<unknown> {
    const outcome = await this.model.invoke(name, ALIAS, event);
    return 'reply' in outcome ? outcome.reply : outcome;
  }

  aliasVersion(name: string): string {
    return this.model.getAlias(name, ALIAS).version;
  }

  #world(hooks: Hooks): AgentEnvironment['world'] {
    const client = this.#client;
    return {
      authored: hooked('authored', this.authored, hooks),
      documents: hooked('documents', this.documents, hooks),
      layers: hooked('layers', lambdaLayers({ client, layerName: LAYER }), hooks),
      functions: hooked('functions', lambdaFunctions({ client }), hooks),
      aliases: hooked('aliases', lambdaAliases({ client, alias: ALIAS }), hooks),
      invoker: hooked('invoker', lambdaInvoker({ client }), hooks),
      ...(this.#instances && {
        capacity: hooked('capacity', lambdaCapacity({ client, provider: 'protector', ...ENVIRONMENTS }), hooks),
      }),
      keys: hooked('keys', this.keys, hooks),
      wait: () => Promise.resolve(),
      now: () => new Date(this.nowMs),
      random: randomBytes,
    };
  }
}

function newSigningKey(): { id: string; key: Secret } {
  return { id: '95f5a194-b0a4-4351-a1b2-0123456789ab', key: new Secret(randomBytes(32)) };
}

function frontEndOf(name: string): FrontEnd {
  const frontEnd = name.replace(/-.*/, '');
  if (!isFrontEnd(frontEnd)) throw new TypeError(`No front end has functions named ${name}`);
  return frontEnd;
}

/** A port whose every call passes the hooks. */
function hooked<Port extends object>(name: string, port: Port, { before, after }: Hooks): Port {
  return new Proxy(port, {
    get: (target, method) => {
      const call: unknown = Reflect.get(target, method);
      if (typeof call !== 'function') return call;
      return async (...parameters: unknown[]): Promise<unknown> => {
        await before?.(`${name}.${String(method)}`);
        const result: unknown = await (call as (...all: unknown[]) => Promise<unknown>).apply(target, parameters);
        await after?.(`${name}.${String(method)}`);
        return result;
      };
    },
  });
}
