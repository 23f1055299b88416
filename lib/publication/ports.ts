// The ports of a publication. Every method rejects with `PublicationError` only, in bounded time.

/** A stored document. */
export interface StoredDocument {
  readonly text: string;
  /** Identifies the content for `write`. */
  readonly tag: string;
  /** Identifies the upload: equal content that is written again gets another one. */
  readonly upload: string;
}

/** Named documents with conditional writes. A read returns the last write. */
export interface DocumentStore {
  read(name: string): Promise<StoredDocument | undefined>;
  /**
   * Writes the document if it still has the tag `expected`, or is absent where `expected` is undefined; resolves to the
   * new tag. Otherwise another writer was first: resolves to undefined and changes nothing.
   */
  write(name: string, text: string, expected: string | undefined): Promise<string | undefined>;
}

/** A version of the layer that carries the sealed policy. Numbers grow and are never used twice. */
export interface LayerVersion {
  readonly arn: string;
  readonly version: number;
  readonly description: string;
}

export interface PolicyLayers {
  publish(zip: Uint8Array, description: string): Promise<LayerVersion>;
  /** Lists all versions, in any order. */
  list(): Promise<readonly LayerVersion[]>;
  /** Removes a version, if it exists. Functions that use it keep it; no other function can get it. */
  remove(version: number): Promise<void>;
}

export interface FunctionConfiguration {
  /** ARNs of layer versions, in order. */
  readonly layers: readonly string[];
  /** Identifies this state of the configuration for calls that change or publish it. */
  readonly revision: string;
  /** Identifies code and settings without the layers; it changes with each deployment of others. */
  readonly build: string;
  /**
   * `busy`: an update or start is under way, and the service refuses every change until it ends. `stopped`: a version on
   * instances has no environments, and answers nothing.
   */
  readonly state: 'ready' | 'busy' | 'stopped' | 'failed';
}

/** The protect functions. A call with a revision that is not current rejects with `PUBLICATION_OUTDATED`. */
export interface ProtectFunctions {
  /** Reads the unpublished configuration, or that of a published version. */
  configuration(name: string, version?: string): Promise<FunctionConfiguration>;
  setLayers(name: string, layers: readonly string[], revision: string): Promise<void>;
  /**
   * Publishes an immutable version of the configuration; resolves to the last version when nothing has changed since.
   */
  publish(
    name: string,
    revision: string,
    description: string,
  ): Promise<{ readonly version: string; readonly layers: readonly string[] }>;
}

/** The alias that callers of a protect function use. */
export interface Aliases {
  get(name: string): Promise<{ readonly version: string; readonly revision: string }>;
  /** Points the alias at one version only. Every move changes its revision, also a move to the same version. */
  move(name: string, version: string, revision: string, description: string): Promise<void>;
}

/** A published version of a function. */
export interface FunctionVersion {
  readonly name: string;
  readonly version: string;
}

/**
 * The environments of functions on instances, which run and cost whether they are called or not. Publishing a version
 * starts some. On demand there is nothing to start.
 */
export interface Capacity {
  /** Lists the versions that have environments, or are getting some. */
  running(): Promise<readonly FunctionVersion[]>;
  /** Gives a version its environments, in minutes, unless it has them. A change under way rejects with `PUBLICATION_OUTDATED`. */
  start(name: string, version: string): Promise<void>;
  /** Takes all environments from a version. Rejects as `start` does. */
  stop(name: string, version: string): Promise<void>;
}

/** The result of an invocation: the reply, or the error or time-out that broke it. */
export type Invocation =
  | { readonly kind: 'reply'; readonly reply: unknown }
  | { readonly kind: 'broken'; readonly error: string };

export interface Invoker {
  invoke(name: string, version: string, event: unknown): Promise<Invocation>;
}
