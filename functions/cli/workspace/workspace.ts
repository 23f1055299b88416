import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../core/exit.ts';

/** The directory of a workspace that nobody named. */
export const DEFAULT_DIR = '.protector';

/** The files of a workspace: the directory that `--dir` names. */
export interface Workspace {
  readonly dir: string;
  /** Or `.yaml`, `.yml`. */
  readonly policy: string;
  /** The sample's tests of the policy. `protector policy test` takes every `*.tests.yaml` and `.json` beside the policy. */
  readonly policyTests: string;
  /** Or `.yaml`, `.yml`. */
  readonly mapping: string;
  readonly sealedKeyring: string;
  /** JSON Schemas of the files that people write, for editors. */
  readonly schemas: string;
  readonly sealedPolicy: string;
  /** Which sealed policy is in force. */
  readonly policyFloor: string;
  /** Sealed policies by version, former ones included. */
  readonly policyVersions: string;
  /** Or `.yaml`, `.yml`. */
  readonly tenants: string;
  /** The values of the secrets that the tenants file names. */
  readonly tenantSecrets: string;
  readonly sealedTenants: string;
  /** The keys that stand for the tenants' KMS: a directory of key files. */
  readonly tenantKeys: string;
  /** Security events of all tenants that the gateway accepted. */
  readonly events: string;
  readonly localKey: string;
  readonly signingKey: string;
  /** Audit records, one a line. */
  readonly auditTrail: string;
  /** How many values users have seen, where the policy limits them. */
  readonly budgets: string;
  /** How far events and records are forwarded, and what waits for sinks that do not work. */
  readonly forwarder: string;
  /** The transparency log over the audit records. */
  readonly merkleLog: string;
  readonly checkpointKey: string;
  /** Public: the keys that records and checkpoints are or were signed with. */
  readonly keyList: string;
}

export function workspace(dir: string): Workspace {
  return {
    dir,
    policy: join(dir, 'policy.json'),
    policyTests: join(dir, 'policy.tests.yaml'),
    mapping: join(dir, 'mapping.json'),
    schemas: join(dir, 'schemas'),
    sealedKeyring: join(dir, 'keyring.sealed.json'),
    sealedPolicy: join(dir, 'policy.sealed.json'),
    policyFloor: join(dir, 'policy-in-force.json'),
    policyVersions: join(dir, 'versions'),
    tenants: join(dir, 'tenants.json'),
    tenantSecrets: join(dir, 'tenant-secrets.json'),
    sealedTenants: join(dir, 'tenants.sealed.json'),
    tenantKeys: join(dir, 'keys', 'tenants'),
    events: join(dir, 'events', 'events.jsonl'),
    localKey: join(dir, 'keys', 'insecure-local-kms.json'),
    signingKey: join(dir, 'keys', 'audit-signing.json'),
    auditTrail: join(dir, 'audit', 'audit.jsonl'),
    budgets: join(dir, 'budgets'),
    forwarder: join(dir, 'forwarder'),
    merkleLog: join(dir, 'log'),
    checkpointKey: join(dir, 'keys', 'insecure-checkpoint.json'),
    keyList: join(dir, 'audit-keys.json'),
  };
}

/** Tells whether `protector init` has made the workspace. */
export function isInitialised(ws: Workspace): boolean {
  return existsSync(ws.sealedPolicy);
}

/** Throws `CliError` for a workspace without a sealed policy. */
export function requireInitialised(ws: Workspace): void {
  if (!isInitialised(ws)) throw noWorkspace(ws);
}

/** Throws `CliError` for a directory that has no part of a workspace: a copy of its trail, or its keys, may be all that there is. */
export function requireWorkspace(ws: Workspace): void {
  const parts = [ws.sealedPolicy, ws.localKey, ws.signingKey, ws.auditTrail, ws.keyList, ws.merkleLog];
  if (!parts.some((path) => existsSync(path))) throw noWorkspace(ws);
}

/** Says, for every command in the same words, that a directory is no workspace, and how it becomes one. */
export function noWorkspace(ws: Workspace): CliError {
  const init = `run "protector init${dirOption(ws)}" first`;
  if (['.json', '.yaml', '.yml'].some((ending) => existsSync(ws.policy.replace(/\.json$/, ending)))) {
    return new CliError('CLI_USAGE', `The policy in ${ws.dir} has no keys and is not sealed: ${init}`);
  }
  return new CliError(
    'CLI_USAGE',
    `There is no workspace in ${ws.dir}: ${init} (--policy takes your policy, --from drafts one from your data), or name another by --dir or PROTECTOR_DIR`,
  );
}

/** Returns ` --dir <dir>` for a command that is shown, where the workspace is not the usual one. */
export function dirOption({ dir }: Pick<Workspace, 'dir'>): string {
  return dir === DEFAULT_DIR ? '' : ` --dir ${dir}`;
}
