import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where a local directory keeps its things. */
export interface Workspace {
  readonly dir: string;
  readonly policy: string;
  readonly mapping: string;
  readonly sealedPolicy: string;
  readonly localKey: string;
  readonly signingKey: string;
  readonly auditLog: string;
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
    sealedPolicy: join(dir, 'policy.sealed.json'),
    localKey: join(dir, 'keys', 'insecure-local-kms.json'),
    signingKey: join(dir, 'keys', 'audit-signing.json'),
    auditLog: join(dir, 'audit', 'audit.jsonl'),
    log: join(dir, 'log'),
    checkpointKey: join(dir, 'keys', 'insecure-checkpoint.json'),
    keyList: join(dir, 'audit-keys.json'),
  };
}

/** Whether `protector init` has been here. */
export function isInitialised(ws: Workspace): boolean {
  return existsSync(ws.sealedPolicy);
}
