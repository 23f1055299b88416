// What stands behind a wire vector: its policy under fixed keys, a trail in memory, and what goes wrong.
import type { Environment } from '../../functions/pipeline.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { Secret } from '../../lib/base/secret.ts';
import { KeyServiceError } from '../../lib/crypto/ports.ts';
import { BundleError } from '../../lib/crypto/sealed-bundle.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { HOST } from './audit.ts';
import { compiledPolicy, MemorySink } from './policy.ts';
import { readWirePolicy, type WireVector } from './wire-vectors.ts';

export interface WireEnvironment {
  readonly environment: Environment;
  /** The audit records written so far. */
  readonly lines: readonly string[];
}

/** An environment of its own for one vector. */
export function wireEnvironment({ policy, fault }: Pick<WireVector, 'policy' | 'fault'>): WireEnvironment {
  const sink = new MemorySink();
  sink.down = fault === 'audit-unavailable';
  const trail = new AuditTrail({
    signer: createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', new Secret(new Uint8Array(32).fill(9))),
    sink,
    chainId: 'wire',
    host: HOST,
    nowMs: () => 1_800_000_000_000,
  });
  const document = readWirePolicy(policy);
  const load = async () => {
    if (fault === 'policy-missing') throw new BundleError('BUNDLE_MALFORMED', 'No sealed policy can be read');
    if (fault === 'key-service-unavailable') throw new KeyServiceError('KEY_SERVICE_UNAVAILABLE', 'KMS Decrypt failed');
    if (fault === 'key-service-throttled') throw new KeyServiceError('KEY_SERVICE_THROTTLED', 'KMS Decrypt failed');
    return compiledPolicy(document);
  };
  return { environment: { protector: new Protector(load, trail), trail }, lines: sink.lines };
}
