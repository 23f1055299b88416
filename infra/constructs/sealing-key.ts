import type { Construct } from 'constructs';
import { GuardedKey, type KeyUse, type Replicated } from './guarded-key.ts';
import type { Conditions, Right } from './rights.ts';
import { watchedByVerifier } from './watched-keys.ts';

export interface SealingKeyProps extends SealingKeyUsers {
  readonly deployment: string;
  readonly administrators: readonly string[];
  readonly multiRegion: boolean;
  readonly replicated: Replicated | undefined;
  /** ARN of the key of an earlier deployment. @default a new key */
  readonly adopted: string | undefined;
}

export interface SealingKeyUsers {
  /** ARN of the role of the policy agent, which seals and opens. */
  readonly sealer: string;
  /** ARNs of the roles of the protect functions, which open policies and the audit signing key. */
  readonly openers: readonly string[];
  /** The sealed jobs of the file protector. @default none */
  readonly jobs?: JobUsers | undefined;
}

export interface JobUsers {
  /** ARN of the role of the file protector, which opens policies and the audit signing key too. */
  readonly opener: string;
  /** ARNs of principals that may seal jobs. Empty: every principal of this account with the IAM permission. */
  readonly sealers: readonly string[];
}

/** The encryption context of sealed policies. That of the keyring names a purpose, so this condition excludes it. */
const POLICY_CONTEXT: Conditions = {
  'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['policy', 'version'] },
  Null: { 'kms:EncryptionContext:policy': 'false' },
};
/** The encryption context of the sealed audit signing key. */
const SIGNING_KEY_CONTEXT: Conditions = { StringEquals: { 'kms:EncryptionContext:purpose': 'audit-signing' } };
/** The encryption context of sealed jobs, besides their names. */
const JOB_CONTEXT: Conditions = { StringEquals: { 'kms:EncryptionContext:purpose': 'file-job' } };

/** Returns what the policy of the key, and of its replica, allows. */
export function sealingUses(deployment: string, { sealer, openers: callers, jobs }: SealingKeyUsers): KeyUse[] {
  const openers = [...callers, ...(jobs === undefined ? [] : [jobs.opener])];
  return [
    { sid: 'Seal', actions: ['kms:GenerateDataKey', 'kms:Decrypt'], roles: [sealer] },
    { sid: 'OpenPolicies', actions: ['kms:Decrypt'], roles: openers, conditions: POLICY_CONTEXT },
    { sid: 'OpenSigningKey', actions: ['kms:Decrypt'], roles: openers, conditions: SIGNING_KEY_CONTEXT },
    ...(jobs === undefined ? [] : jobUses(jobs)),
    watchedByVerifier(deployment),
  ];
}

function jobUses({ opener, sealers }: JobUsers): KeyUse[] {
  return [
    { sid: 'SealJobs', actions: ['kms:GenerateDataKey'], principals: sealers, conditions: JOB_CONTEXT },
    { sid: 'OpenJobs', actions: ['kms:Decrypt'], roles: [opener], conditions: JOB_CONTEXT },
  ];
}

/**
 * The key that seals policies, keyrings, the audit signing key and jobs of the file protector. The agent seals all but jobs. Functions open policies and
 * the signing key, and no keyring by itself.
 */
export class SealingKey extends GuardedKey {
  constructor(scope: Construct, id: string, { deployment, sealer, openers, jobs, ...props }: SealingKeyProps) {
    super(scope, id, {
      ...props,
      alias: `alias/${deployment}-sealing`,
      description: 'Seals policies, their keys and the audit signing key',
      uses: sealingUses(deployment, { sealer, openers, jobs }),
    });
  }

  /** Returns the right of the agent. */
  sealing(): Right {
    return { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.keyArn] };
  }

  /** Returns the right to open jobs of the file protector. */
  openingJobs(): Right {
    return { actions: ['kms:Decrypt'], resources: [this.keyArn], conditions: JOB_CONTEXT };
  }

  /** Returns the rights to open policies and the audit signing key. */
  opening(): Right[] {
    return [POLICY_CONTEXT, SIGNING_KEY_CONTEXT].map((conditions) => ({
      actions: ['kms:Decrypt'],
      resources: [this.keyArn],
      conditions,
    }));
  }
}
