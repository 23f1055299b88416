import { hash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../../lib/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../../lib/adapters/s3/object-store.ts';
import { s3OutputObjects } from '../../../lib/adapters/s3/output-objects.ts';
import { s3SourceObjects } from '../../../lib/adapters/s3/source-objects.ts';
import { Chain } from '../../../lib/audit/chain.ts';
import type { AuditSink } from '../../../lib/audit/ports.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { once } from '../../../lib/base/once.ts';
import { FILES_ENV, JOB_ENDING, JOBS_FOLDER, placeOf } from '../../../lib/contract/file-protector.ts';
import { ENV } from '../../../lib/contract/protect-function.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import type { FileJob } from '../../../lib/files/objects/job.ts';
import { ObjectWork } from '../../../lib/files/objects/object-work.ts';
import { openFileJob } from '../../../lib/files/objects/sealed-job.ts';
import type { ParquetFiles, WorkStore } from '../../../lib/files/ports.ts';
import { decodedText } from '../../../lib/local/files/text-bytes.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { type CompiledPolicy, compilePolicy } from '../../../lib/protect/compile.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { SIGNING_KEY } from '../../../lib/publication/durable-keys.ts';
import { liveRelease, readJournal } from '../../../lib/publication/journal.ts';
import type { DocumentStore } from '../../../lib/publication/ports.ts';
import { checkVersion } from '../../../lib/publication/sealed-release.ts';
import { newChainId } from '../chain-id.ts';
import { auditMode, cloudWatchSink, kinesisSink } from '../protect/audit-mode.ts';
import { budgetsFrom } from '../protect/budgets.ts';
import { policyUserFrom } from '../protect/policy-user.ts';
import { parseBundle, reloading } from '../reload/reloading.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { optional, required, wrongSetting } from '../settings.ts';
import type { FileProtectorEnvironment } from './file-protector.ts';

/** A published policy is in force after this time. */
const CHECK_EVERY_MS = 30_000;
/** The longest that an invocation of Lambda takes: every task that began under a policy has ended then. */
const GRACE_MS = 15 * 60_000;
/** A part of an output is tens of megabytes. */
const PATIENT = { connectionTimeout: 2_000, requestTimeout: 60_000, throwOnRequestTimeout: true };

/**
 * Makes the environment of the file protector once per execution environment: S3, KMS, the audit sink. The policy is the live one of the policy
 * agent's journal, which no task waits for a deployment of.
 */
export const fileProtectorEnvironment = once(async (): Promise<FileProtectorEnvironment> => {
  const logStream = required('AWS_LAMBDA_LOG_STREAM_NAME');
  const deploymentId = required('AWS_LAMBDA_FUNCTION_NAME');
  const sink = await auditSink(logStream);
  const client = s3Client({ requestHandler: PATIENT });
  const documents = s3Documents({ client, bucket: required(FILES_ENV.publicationBucket) });
  const keys = kmsKeyService({ client: kmsClient() });
  const opened = await openSigningKey(keys, await sealedSigningKey(documents));
  using key = opened.key;
  const signer = createSigner(opened.keyId, key);
  const host = hostFacts({ deploymentId, release: RELEASE, engineVersion: RELEASE });
  const trail = new AuditTrail({ signer, host, sink, chainId: newChainId(logStream), nowMs: Date.now });
  const identify = callersOf(await policyUserFrom(process.env));
  const budgets = await budgetsFrom(optional(ENV.budgetStore));
  const currentPolicy = publishedPolicy(documents, keys);
  const place = s3Location(required(FILES_ENV.location));
  if (place === undefined) throw wrongSetting(FILES_ENV.location, 'must be s3://bucket/prefix');
  const all = s3ObjectStore({ client, bucket: place.bucket });
  const store = below(all, folderPrefix(place.path));
  const parquet = await parquetFrom(optional(FILES_ENV.duckdb), logStream);
  return {
    ...sealedJobs(store, () => all.list(folderPrefix(place.path) + JOBS_FOLDER), keys),
    work: async (job) => {
      const policy = await currentPolicy();
      const nothing = { record: (): void => {} };
      return new ObjectWork(
        {
          source: s3SourceObjects({ client, bucket: placeOf(job.source).bucket }),
          outputs: s3OutputObjects({ client, bucket: placeOf(job.target).bucket }),
          store,
          policy,
          protector: new Protector(() => Promise.resolve(policy), nothing, Date.now, identify, budgets),
          records: {
            signed: (chainId, entries) => {
              const chain = new Chain({ signer, host, chainId, nowMs: Date.now });
              return entries.map((entry) => chain.seal(entry));
            },
            append: (lines) => (lines.length === 0 ? Promise.resolve() : sink.append(lines)),
          },
          trail,
          decoded: decodedText,
          parquet,
        },
        job,
      );
    },
  };
});

/** Makes the sink of the records. Nothing is named before they are durable, so the mode `buffered` is refused. */
async function auditSink(logStream: string): Promise<AuditSink> {
  const mode = auditMode();
  if (mode === 'buffered') throw wrongSetting(ENV.auditMode, 'must not be buffered for the file protector');
  return mode === 'blocking' ? cloudWatchSink(logStream) : kinesisSink(logStream);
}

/**
 * Makes what reads Parquet, where its layer is. It loads the library of the layer, which starts slower. Objects lie in a folder of this
 * execution environment; what an invocation that ran out of time has left there is removed.
 */
async function parquetFrom(bindings: string | undefined, logStream: string): Promise<ParquetFiles | undefined> {
  if (bindings === undefined) return undefined;
  const folder = join(tmpdir(), `objects-${hash('sha256', logStream).slice(0, 16)}`);
  await rm(folder, { recursive: true, force: true });
  const { parquetFiles } = await import('../../../lib/local/files/parquet-object.ts');
  return parquetFiles(folder);
}

async function sealedSigningKey(documents: DocumentStore): Promise<unknown> {
  const stored = await documents.read(SIGNING_KEY);
  if (stored === undefined) {
    throw new RefusedError('NOT_CONFIGURED', { detail: 'there is no audit signing key yet: publish a policy first' });
  }
  return parseBundle(stored.text, 'audit signing key', SIGNING_KEY);
}

/** Serves the live policy of the journal. */
function publishedPolicy(documents: DocumentStore, keys: KeyService): () => Promise<CompiledPolicy> {
  return reloading(
    {
      check: async (known) => {
        const live = liveRelease((await readJournal(documents)).journal);
        if (live === undefined) throw new BundleError('BUNDLE_MALFORMED', 'No policy is published yet');
        const identity = String(live.version);
        if (identity === known) return undefined;
        return {
          identity,
          load: async () => {
            const text = (await documents.read(live.bundle))?.text ?? '';
            checkVersion(text, live);
            return compilePolicy(await openPolicy(keys, parseBundle(text, 'policy', live.bundle)), randomBytes);
          },
        };
      },
      retire: (replaced) => void setTimeout(() => replaced.destroy(), GRACE_MS).unref(),
    },
    { checkEveryMs: CHECK_EVERY_MS },
  );
}

/** The part of a store below a prefix. */
function below(store: ListableStore, prefix: string): WorkStore {
  return {
    get: (key) => store.get(prefix + key),
    put: (key, body, expected) => store.put(prefix + key, body, expected),
  };
}

/** Opens sealed jobs, each content once. */
function sealedJobs(
  store: WorkStore,
  list: () => AsyncIterable<string>,
  keys: KeyService,
): Pick<FileProtectorEnvironment, 'job' | 'jobs'> {
  const opened = new Map<string, { readonly tag: string; readonly job: FileJob }>();
  const job = async (name: string): Promise<FileJob> => {
    const place = `${JOBS_FOLDER}${name}${JOB_ENDING}`;
    const stored = await store.get(place);
    if (stored === undefined) throw new FilesError('FILES_STATE', 'There is no sealed job of this name');
    const known = opened.get(name);
    if (known?.tag === stored.tag) return known.job;
    const own = await openFileJob(keys, parseBundle(Buffer.from(stored.body).toString(), 'job', place), name);
    opened.set(name, { tag: stored.tag, job: own });
    return own;
  };
  return {
    job,
    async *jobs() {
      for await (const place of list()) {
        const name = place.slice(place.lastIndexOf('/') + 1);
        if (name.endsWith(JOB_ENDING)) yield await job(name.slice(0, -JOB_ENDING.length));
      }
    },
  };
}
