import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { cloudWatchAuditSink } from '../../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { lambdaCapacity } from '../../../lib/adapters/lambda/capacity.ts';
import { lambdaClient } from '../../../lib/adapters/lambda/client.ts';
import { lambdaAliases, lambdaFunctions, lambdaInvoker } from '../../../lib/adapters/lambda/functions.ts';
import { lambdaLayers } from '../../../lib/adapters/lambda/layers.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../../lib/adapters/s3/documents.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { once } from '../../../lib/base/once.ts';
import { Secret } from '../../../lib/base/secret.ts';
import {
  AGENT_ENV,
  DEFAULT_ALIAS,
  DEFAULT_ENVIRONMENTS,
  DEFAULT_KEPT_VERSIONS,
  RELEASE_DEMANDS,
  type ReleaseDemand,
} from '../../../lib/contract/policy-agent.ts';
import { ENV } from '../../../lib/contract/protect-function.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import type { AgentSettings, AgentWorld } from '../../../lib/publication/agent.ts';
import { ensureSigningKey } from '../../../lib/publication/durable-keys.ts';
import { type GateSettings, parseSigners } from '../../../lib/publication/gate.ts';
import { parseFunctionList } from '../../../lib/publication/function-list.ts';
import type { Capacity } from '../../../lib/publication/ports.ts';
import { newChainId } from '../chain-id.ts';
import { listOf, optional, optionalFlag, optionalWholeNumber, required, wrongSetting } from '../settings.ts';

/** The parts that the policy agent works with. */
export interface AgentEnvironment {
  readonly world: Omit<AgentWorld, 'record'>;
  readonly settings: AgentSettings;
  /** Whether runs that nobody commands ask the functions for the canary. */
  readonly asksCanary: boolean;
  readonly trail: Pick<AuditTrail, 'record' | 'flush'>;
}

/**
 * Makes the environment of the policy agent once per execution environment: S3, KMS, Lambda, CloudWatch Logs. Makes the
 * audit signing key when none is stored yet.
 */
export const agentEnvironment = once(async (): Promise<AgentEnvironment> => {
  const [logGroup, logStream] = [required(ENV.auditLogGroup), required('AWS_LAMBDA_LOG_STREAM_NAME')];
  const settings = readSettings();
  const asksCanary = optionalFlag(AGENT_ENV.asksCanary) ?? false;
  const s3 = s3Client();
  const client = lambdaClient();
  const world = {
    authored: s3Documents({ client: s3, bucket: required(AGENT_ENV.authoringBucket) }),
    documents: s3Documents({ client: s3, bucket: required(AGENT_ENV.publicationBucket) }),
    keys: kmsKeyService({ client: kmsClient(), keyId: required(AGENT_ENV.sealingKey) }),
    layers: lambdaLayers({ client, layerName: required(AGENT_ENV.layer) }),
    functions: lambdaFunctions({ client }),
    aliases: lambdaAliases({ client, alias: optional(AGENT_ENV.alias) ?? DEFAULT_ALIAS }),
    invoker: lambdaInvoker({ client }),
    capacity: readCapacity(client),
    wait: (ms: number): Promise<void> => wait(ms),
    now: () => new Date(),
    random: (bytes: number) => randomBytes(bytes),
  };
  const { keyId, key: opened } = await ensureSigningKey(world, newSigningKey);
  using key = opened;
  const trail = new AuditTrail({
    signer: createSigner(keyId, key),
    sink: cloudWatchAuditSink({ client: cloudWatchLogsClient(), logGroup, logStream }),
    chainId: newChainId(logStream),
    host: hostFacts({ deploymentId: required('AWS_LAMBDA_FUNCTION_NAME'), release: RELEASE, engineVersion: RELEASE }),
    nowMs: Date.now,
  });
  return { world, trail, asksCanary, settings: { ...settings, signingKeyId: keyId } };
});

function newSigningKey(): { id: string; key: Secret } {
  return { id: randomUUID(), key: new Secret(randomBytes(32)) };
}

/** Returns the environments of functions on instances; undefined where they run on demand. */
function readCapacity(client: LambdaClient): Capacity | undefined {
  const provider = optional(AGENT_ENV.capacityProvider);
  if (provider === undefined) return undefined;
  return lambdaCapacity({ client, provider, ...readEnvironments() });
}

function readEnvironments(): { readonly least: number; readonly most: number } {
  const text = optional(AGENT_ENV.environments);
  if (text === undefined) return DEFAULT_ENVIRONMENTS;
  const [, least, most] = /^([1-9]\d{0,4})-([1-9]\d{0,4})$/.exec(text) ?? [];
  if (least === undefined || most === undefined || Number(least) > Number(most)) {
    throw wrongSetting(AGENT_ENV.environments, 'must be the least and the most environments, such as 3-30');
  }
  return { least: Number(least), most: Number(most) };
}

function readSettings(): Omit<AgentSettings, 'signingKeyId'> {
  const functions = parseFunctionList(required(AGENT_ENV.functions));
  if (functions === undefined) {
    throw wrongSetting(AGENT_ENV.functions, 'must be like redshift:protector-redshift,rest:protector-rest');
  }
  return {
    functions,
    keep: optionalWholeNumber(AGENT_ENV.keptVersions, { min: 2 }) ?? DEFAULT_KEPT_VERSIONS,
    stopAt: new Set(listOf(AGENT_ENV.lintErrors, ',')),
    serviceUser: optional(ENV.serviceUser),
    gate: readGate(),
  };
}

function readGate(): GateSettings {
  const demands = listOf(AGENT_ENV.requires, ',');
  const unknown = demands.some((demand) => !(RELEASE_DEMANDS as readonly string[]).includes(demand));
  if (unknown) throw wrongSetting(AGENT_ENV.requires, `must be of ${RELEASE_DEMANDS.join(', ')}, separated by commas`);
  const text = optional(AGENT_ENV.signers);
  const signers = text === undefined ? [] : parseSigners(text);
  if (signers === undefined) {
    throw wrongSetting(AGENT_ENV.signers, 'must be like alice SHA256:… author approve, bob SHA256:… approve');
  }
  const requires = new Set(demands as readonly ReleaseDemand[]);
  return { signers, requires, place: required(AGENT_ENV.authoringBucket) };
}
