// What the publication of a policy needs of the world. Every method rejects with `PublicationError` only, in bounded time.

/** A stored document. */
export interface StoredDocument {
  readonly text: string;
  /** Names this content to `write`. */
  readonly tag: string;
  /** Names this upload: another one for the same content, written again. */
  readonly upload: string;
}

/** Documents under names, whose writes are conditional. What was written is what the next read gives. */
export interface DocumentStore {
  read(name: string): Promise<StoredDocument | undefined>;
  /**
   * Writes if the document still has the tag `expected`, or is absent where that is undefined; resolves to the new tag.
   * Resolves to undefined, having changed nothing, when it is not so: somebody else was first.
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
  /** Those that are there, in any order. */
  list(): Promise<readonly LayerVersion[]>;
  /** Functions that use the version keep it; no other can be given it. Nothing happens when it is gone already. */
  remove(version: number): Promise<void>;
}

export interface FunctionConfiguration {
  /** ARNs of layer versions, in order. */
  readonly layers: readonly string[];
  /** Names this state of the configuration to the calls that change or publish it. */
  readonly revision: string;
  /** Names code and settings, without the layers: the same for as long as nobody deploys others. */
  readonly build: string;
  /** `busy`: an update or start is under way, and every change is refused until it ends. */
  readonly state: 'ready' | 'busy' | 'failed';
}

/** The protect functions. Where a revision is given and is no longer the current one, `PUBLICATION_OUTDATED`. */
export interface ProtectFunctions {
  /** Of what is being worked on, or of a published version. */
  configuration(name: string, version?: string): Promise<FunctionConfiguration>;
  setLayers(name: string, layers: readonly string[], revision: string): Promise<void>;
  /** An immutable version of the configuration. When nothing changed since the last one, that one. */
  publish(
    name: string,
    revision: string,
    description: string,
  ): Promise<{ readonly version: string; readonly layers: readonly string[] }>;
}

/** The alias that callers of a protect function use. */
export interface Aliases {
  get(name: string): Promise<{ readonly version: string; readonly revision: string }>;
  /** Points it at one version alone. Every move, also to where it is, gives it another revision. */
  move(name: string, version: string, revision: string, description: string): Promise<void>;
}

/** What a version of a protect function made of an event: its reply, or nothing because it broke (an error, a time-out). */
export type Invocation =
  | { readonly kind: 'reply'; readonly reply: unknown }
  | { readonly kind: 'broken'; readonly error: string };

export interface Invoker {
  invoke(name: string, version: string, event: unknown): Promise<Invocation>;
}
