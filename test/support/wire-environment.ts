// The environment of a wire vector: its policy under fixed keys, a trail in memory, and its fault.
import { KeyServiceError } from '../../lib/crypto/ports.ts';
import { BundleError } from '../../lib/crypto/sealed-bundle.ts';
import type { CompiledPolicy } from '../../lib/protect/compile.ts';
import { compiledPolicy, type TestEnvironment, testEnvironment } from './policy.ts';
import { readWirePolicy, type WireVector } from './wire-vectors.ts';

/** An environment of its own for one vector. */
export function wireEnvironment({ policy, fault }: Pick<WireVector, 'policy' | 'fault'>): TestEnvironment {
  const environment = testEnvironment(() => policyOrFault(policy, fault));
  environment.sink.down = fault === 'audit-unavailable';
  return environment;
}

const compiled = new Map<string, CompiledPolicy>();

async function policyOrFault(name: string, fault: WireVector['fault']): Promise<CompiledPolicy> {
  if (fault === 'policy-missing') throw new BundleError('BUNDLE_MALFORMED', 'No sealed policy can be read');
  if (fault === 'key-service-unavailable') throw new KeyServiceError('KEY_SERVICE_UNAVAILABLE', 'KMS Decrypt failed');
  if (fault === 'key-service-throttled') throw new KeyServiceError('KEY_SERVICE_THROTTLED', 'KMS Decrypt failed');
  const policy = compiled.get(name) ?? compiledPolicy(readWirePolicy(name));
  compiled.set(name, policy);
  return policy;
}
