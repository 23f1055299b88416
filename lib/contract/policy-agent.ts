/**
 * Environment variables of the policy agent. Like the protect functions, it reads `AUDIT_LOG_GROUP` and `service_user`
 * too.
 */
export const AGENT_ENV = {
  /** Bucket where authors put `policy.json` or `.yaml`, and `mapping.json` or `.yaml`. */
  authoringBucket: 'AUTHORING_BUCKET',
  /** Bucket of journal, keys and sealed policies, which only the agent writes. */
  publicationBucket: 'PUBLICATION_BUCKET',
  /** Key id, ARN or alias of the KMS key that seals policies and keys. */
  sealingKey: 'SEALING_KEY',
  /** Name of the layer that carries the sealed policy. */
  layer: 'POLICY_LAYER',
  /** `<front end>:<function name>`, separated by commas; front ends are `redshift`, `snowflake` and `rest`. */
  functions: 'PROTECT_FUNCTIONS',
  /** The alias that callers use; default `DEFAULT_ALIAS`. */
  alias: 'PROTECT_ALIAS',
  /**
   * How many policy versions to keep for a rollback, the live one among them; from 2, default `DEFAULT_KEPT_VERSIONS`.
   */
  keptVersions: 'KEPT_POLICY_VERSIONS',
  /** Lint rules that stop a publication, separated by commas; default: none. */
  lintErrors: 'LINT_ERRORS',
  /** Who may sign and approve releases: `<name> <fingerprint of an SSH key> author approve`, separated by commas. */
  signers: 'RELEASE_SIGNERS',
  /** What a release needs, separated by commas: `signature`, `approval`, `tests`; default: nothing. */
  requires: 'RELEASE_REQUIRES',
  /** `true`: every run by event or schedule asks all functions for the canary, as callers reach them; default `false`. */
  asksCanary: 'ASK_CANARY',
  /** The capacity provider that the functions run on (Lambda Managed Instances); default: none, they run on demand. */
  capacityProvider: 'CAPACITY_PROVIDER',
  /** With `CAPACITY_PROVIDER`: the least and the most environments of the version that callers use; default `DEFAULT_ENVIRONMENTS`. */
  environments: 'EXECUTION_ENVIRONMENTS',
} as const;

/** What a deployment may demand of a release before it is published. */
export const RELEASE_DEMANDS = ['signature', 'approval', 'tests'] as const;
export type ReleaseDemand = (typeof RELEASE_DEMANDS)[number];

/** Names of the policy file in the authoring bucket. The agent reads the first that exists. */
export const POLICY_FILES = ['policy.json', 'policy.yaml', 'policy.yml'] as const;

/** Names of the mapping file in the authoring bucket. The agent reads the first that exists. */
export const MAPPING_FILES = ['mapping.json', 'mapping.yaml', 'mapping.yml'] as const;

/** Names of the file of policy tests in the authoring bucket. The agent reads the first that exists. */
export const TEST_FILES = ['policy.tests.json', 'policy.tests.yaml', 'policy.tests.yml'] as const;

/** The author's signature of policy, mapping and tests in the authoring bucket: an armored SSH signature. */
export const SIGNATURE_FILE = 'release.sig';

/** The user and the role of the policy agent's canary requests; also the prefix of the canary's element names. */
export const CANARY = 'protector_canary';

/** Minutes between two wakings of the agent by its schedule. */
export const SCHEDULE_MINUTES = 5;

export const DEFAULT_ALIAS = 'Production';

export const DEFAULT_KEPT_VERSIONS = 5;

/** Environments of a function on instances: for a zone each, and bounded. */
export const DEFAULT_ENVIRONMENTS = { least: 3, most: 30 };

/** Settings that the policy agent cannot start without. */
export const AGENT_REQUIRED = [
  'authoringBucket',
  'publicationBucket',
  'sealingKey',
  'layer',
  'functions',
] as const satisfies readonly (keyof typeof AGENT_ENV)[];

/** Where the publication bucket holds what the file protector reads. */
export const PUBLISHED = {
  journal: 'publication/journal.json',
  signingKey: 'keys/audit-signing.sealed.json',
  policies: 'policies/',
} as const;
