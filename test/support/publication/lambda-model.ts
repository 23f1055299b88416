// AWS Lambda in memory, as far as a publication uses it: versions, aliases, layers, revisions, updates that take a while.
// What the API reference says and what callers of the real service report: see the comments at each rule.
import { randomUUID } from 'node:crypto';

/** A refusal of the service, as its API reference names it. */
export class LambdaFault extends Error {
  readonly status: number;

  constructor(name: string, status: number, message = name) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The handler of a function in an execution environment that has these layers (archives), in order. */
export type Code = (layers: readonly Uint8Array[], version: string) => (event: unknown) => Promise<unknown>;

interface Configuration {
  layers: readonly string[];
  archives: readonly Uint8Array[];
  revision: string;
  /** Reads that still find it busy. */
  busy: number;
  failed: boolean;
  description: string;
  codeSha256: string;
  /** Other members of the configuration, by their names in the API. */
  settings: Readonly<Record<string, unknown>>;
  /** Environments of a version on instances. @default it runs on demand */
  scaling?: Scaling | undefined;
}

interface Scaling {
  readonly least: number;
  readonly most: number | undefined;
}

interface Alias {
  version: string;
  revision: string;
  description: string;
  weights: Readonly<Record<string, number>>;
}

interface FunctionState {
  code: Code;
  readonly latest: Configuration;
  readonly versions: Map<string, Configuration>;
  readonly aliases: Map<string, Alias>;
  /** The code of each version. */
  readonly codes: Map<string, Code>;
  /** Handlers of execution environments by version: made at the first invocation. */
  readonly environments: Map<string, (event: unknown) => Promise<unknown>>;
}

interface LayerState {
  last: number;
  readonly versions: Map<number, { readonly archive: Uint8Array; readonly description: string }>;
}

const ACCOUNT = 'arn:aws:lambda:us-east-1:123456789012';

export class LambdaModel {
  readonly functions = new Map<string, FunctionState>();
  readonly #layers = new Map<string, LayerState>();
  /** How many reads find a changed or new configuration busy. */
  busyReads = 1;
  /** How many reads find a version on instances starting. @default as `busyReads` */
  startReads: number | undefined;

  createFunction(name: string, code: Code): void {
    const latest = { layers: [], archives: [], revision: randomUUID(), busy: 0, failed: false, description: '' };
    this.functions.set(name, {
      code,
      latest: { ...latest, codeSha256: 'code-1', settings: {} },
      versions: new Map(),
      aliases: new Map(),
      codes: new Map(),
      environments: new Map(),
    });
  }

  /** Puts a function on instances, as its creation alone can: Lambda refuses a later change. */
  createOnInstances(name: string, code: Code): void {
    this.createFunction(name, code);
    this.updateSettings(name, { CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: {} } });
  }

  createAlias(name: string, alias: string, version: string): void {
    this.#function(name).aliases.set(alias, { version, revision: randomUUID(), description: '', weights: {} });
  }

  /** As a deployment of new code does. */
  updateCode(name: string, codeSha256: string, code = this.#function(name).code): void {
    const state = this.#function(name);
    const { latest } = state;
    state.code = code;
    latest.codeSha256 = codeSha256;
    latest.revision = randomUUID();
  }

  /** As a deployment of new settings does. */
  updateSettings(name: string, settings: Readonly<Record<string, unknown>>): void {
    const { latest } = this.#function(name);
    latest.settings = { ...latest.settings, ...settings };
    latest.revision = randomUUID();
  }

  getFunctionConfiguration(name: string, qualifier = '$LATEST'): Configuration & { version: string } {
    const { version, configuration } = this.#qualified(name, qualifier);
    const seen = { ...configuration, version };
    if (configuration.busy > 0) {
      configuration.busy -= 1;
      // The revision changes again when an update is done (aws/aws-sdk#377).
      if (configuration.busy === 0) configuration.revision = randomUUID();
    }
    return seen;
  }

  updateFunctionConfiguration(name: string, layers: readonly string[], revision: string | undefined): Configuration {
    const { latest } = this.#function(name);
    refuseOther(latest.revision, revision);
    refuseBusy(latest);
    if (layers.length > 5) throw new LambdaFault('InvalidParameterValueException', 400, 'more than 5 layers');
    latest.archives = layers.map((arn) => this.#archive(arn));
    latest.layers = [...layers];
    latest.revision = randomUUID();
    latest.busy = this.busyReads;
    return { ...latest };
  }

  publishVersion(name: string, revision: string | undefined, description: string): Configuration & { version: string } {
    const state = this.#function(name);
    const { latest, versions } = state;
    refuseOther(latest.revision, revision);
    refuseBusy(latest);
    const last = [...versions].at(-1);
    // "Lambda doesn't publish a version if the function's configuration and code haven't changed since the last version."
    if (last !== undefined && last[1].codeSha256 === latest.codeSha256 && sameList(last[1].layers, latest.layers)) {
      return { ...last[1], version: last[0] };
    }
    const version = String(versions.size + 1);
    const onInstances = 'CapacityProviderConfig' in latest.settings;
    const published = {
      ...latest,
      description,
      revision: randomUUID(),
      busy: (onInstances ? this.startReads : undefined) ?? this.busyReads,
      // "By default, Lambda maintains a minimum of 3 execution environments".
      ...(onInstances && { scaling: { least: 3, most: undefined } }),
    };
    versions.set(version, published);
    state.codes.set(version, state.code);
    return { ...published, version };
  }

  getAlias(name: string, alias: string): Alias {
    const found = this.#function(name).aliases.get(alias);
    if (found === undefined) throw new LambdaFault('ResourceNotFoundException', 404);
    return { ...found };
  }

  updateAlias(
    name: string,
    alias: string,
    change: {
      version: string;
      revision?: string | undefined;
      description: string;
      weights?: Readonly<Record<string, number>> | undefined;
    },
  ): Alias {
    const found = this.getAlias(name, alias);
    refuseOther(found.revision, change.revision);
    if (!this.#function(name).versions.has(change.version)) throw new LambdaFault('ResourceNotFoundException', 404);
    // Every update gives another revision, also one that changes nothing.
    const { version, description, weights = found.weights } = change; // a routing that is not mentioned stays
    const updated = { version, description, weights, revision: randomUUID() };
    this.#function(name).aliases.set(alias, updated);
    return updated;
  }

  /** Resolves to the reply, or to the type of error that broke the function. */
  async invoke(name: string, qualifier: string, event: unknown): Promise<{ reply: unknown } | { errorType: string }> {
    const { version, configuration } = this.#qualified(name, qualifier);
    if (configuration.busy > 0 && version !== '$LATEST') throw new LambdaFault('ResourceConflictException', 409);
    if (isStopped(configuration)) throw new LambdaFault('ResourceNotReadyException', 502);
    const state = this.#function(name);
    let environment = state.environments.get(version);
    if (environment === undefined) {
      environment = (state.codes.get(version) ?? state.code)(configuration.archives, version);
      state.environments.set(version, environment);
    }
    try {
      return { reply: await environment(event) };
    } catch (error) {
      return { errorType: error instanceof Error ? error.name : 'Unknown' };
    }
  }

  getScaling(name: string, version: string): Scaling | undefined {
    return this.getFunctionConfiguration(name, version).scaling;
  }

  putScaling(name: string, version: string, scaling: Scaling): void {
    const { configuration } = this.#qualified(name, version);
    if (configuration.scaling === undefined) throw new LambdaFault('AccessDeniedException', 403);
    refuseBusy(configuration);
    configuration.scaling = scaling;
    configuration.busy = this.startReads ?? this.busyReads;
  }

  /** Every version of every function on instances, and its state: a read of each. */
  versionsOnInstances(): { name: string; version: string; state: string }[] {
    return [...this.functions].flatMap(([name, { versions }]) =>
      [...versions.keys()].flatMap((version) => {
        const seen = this.getFunctionConfiguration(name, version);
        return seen.scaling === undefined ? [] : [{ name, version, state: versionState(seen) }];
      }),
    );
  }

  publishLayerVersion(layer: string, archive: Uint8Array, description: string): { arn: string; version: number } {
    const state = this.#layers.get(layer) ?? { last: 0, versions: new Map() };
    this.#layers.set(layer, state);
    // A number is never used twice, also after its version was deleted.
    state.last += 1;
    state.versions.set(state.last, { archive: Uint8Array.from(archive), description });
    return { arn: layerArn(layer, state.last), version: state.last };
  }

  listLayerVersions(layer: string): { arn: string; version: number; description: string }[] {
    const versions = [...(this.#layers.get(layer)?.versions ?? [])].toReversed(); // newest first
    return versions.map(([version, { description }]) => ({ arn: layerArn(layer, version), version, description }));
  }

  /** Of one that is gone already: succeeds all the same, as the real service does. Functions keep their copy. */
  deleteLayerVersion(layer: string, version: number): void {
    this.#layers.get(layer)?.versions.delete(version);
  }

  #function(name: string): FunctionState {
    const found = this.functions.get(name);
    if (found === undefined) throw new LambdaFault('ResourceNotFoundException', 404);
    return found;
  }

  #qualified(name: string, qualifier: string): { version: string; configuration: Configuration } {
    const { latest, versions, aliases } = this.#function(name);
    if (qualifier === '$LATEST') return { version: qualifier, configuration: latest };
    const version = aliases.get(qualifier)?.version ?? qualifier;
    const configuration = versions.get(version);
    if (configuration === undefined) throw new LambdaFault('ResourceNotFoundException', 404);
    return { version, configuration };
  }

  #archive(arn: string): Uint8Array {
    const [, layer, version] = /:layer:([^:]+):(\d+)$/.exec(arn) ?? [];
    const found = this.#layers.get(layer ?? '')?.versions.get(Number(version));
    if (found === undefined) {
      throw new LambdaFault('InvalidParameterValueException', 400, `Layer version ${arn} does not exist.`);
    }
    return found.archive;
  }
}

export function versionState(configuration: Configuration): string {
  if (isStopped(configuration)) return configuration.busy > 0 ? 'Deactivating' : 'Deactivated';
  return configuration.busy > 0 ? 'Pending' : 'Active';
}

function isStopped({ scaling }: Configuration): boolean {
  return scaling?.most === 0;
}

function layerArn(layer: string, version: number): string {
  return `${ACCOUNT}:layer:${layer}:${version}`;
}

function refuseOther(current: string, given: string | undefined): void {
  if (given !== undefined && given !== current) throw new LambdaFault('PreconditionFailedException', 412);
}

function refuseBusy({ busy }: Configuration): void {
  if (busy > 0) throw new LambdaFault('ResourceConflictException', 409, 'An update is in progress for resource');
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}
