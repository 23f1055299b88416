import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './failure.ts';

/** Where a local directory keeps its things. */
export interface Workspace {
  readonly dir: string;
  /** Or `.yaml`, `.yml`. */
  readonly policy: string;
  readonly mapping: string;
  readonly sealedKeyring: string;
  /** JSON Schemas of the files that people write, for editors. */
  readonly schemas: string;
  readonly sealedPolicy: string;
  /** Sealed policies by version: those that were in force before. */
  readonly sealedVersions: string;
  /** Or `.yaml`, `.yml`. */
  readonly tenants: string;
  /** What the tenants file refers to by name. */
  readonly tenantSecrets: string;
  readonly sealedTenants: string;
  /** The keys that stand for the tenants' KMS: a directory of key files. */
  readonly tenantKeys: string;
  /** Security events that the gateway has accepted, of all tenants. */
  readonly events: string;
  readonly localKey: string;
  readonly signingKey: string;
  readonly auditLog: string;
  /** How far they are forwarded, and what waits for the sinks that do not work. */
  readonly forwarder: string;
  /** The transparency log over the audit records. */
  readonly log: string;
  readonly checkpointKey: string;
  /** Public: the keys that records and checkpoints are or were signed with. */
  readonly keyList: string;
}

export const DEFAULT_DIR = '.protector';

export function workspace(dir: string): Workspace {
  return {
    dir,
    policy: join(dir, 'policy.json'),
    mapping: join(dir, 'mapping.json'),
    schemas: join(dir, 'schemas'),
    sealedKeyring: join(dir, 'keyring.sealed.json'),
    sealedPolicy: join(dir, 'policy.sealed.json'),
    sealedVersions: join(dir, 'versions'),
    tenants: join(dir, 'tenants.json'),
    tenantSecrets: join(dir, 'tenant-secrets.json'),
    sealedTenants: join(dir, 'tenants.sealed.json'),
    tenantKeys: join(dir, 'keys', 'tenants'),
    events: join(dir, 'events', 'events.jsonl'),
    localKey: join(dir, 'keys', 'insecure-local-kms.json'),
    signingKey: join(dir, 'keys', 'audit-signing.json'),
    auditLog: join(dir, 'audit', 'audit.jsonl'),
    forwarder: join(dir, 'forwarder'),
    log: join(dir, 'log'),
    checkpointKey: join(dir, 'keys', 'insecure-checkpoint.json'),
    keyList: join(dir, 'audit-keys.json'),
  };
}

/** Whether `protector init` has been here. */
export function isInitialised(ws: Workspace): boolean {
  return existsSync(ws.sealedPolicy);
}

/** Throws `CliError` where it has not. */
export function requireInitialised(ws: Workspace): void {
  if (isInitialised(ws)) return;
  throw new CliError('CLI_USAGE', `There is no sealed policy in ${ws.dir}: run "protector init --dir ${ws.dir}" first`);
}
