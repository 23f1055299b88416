// The configuration of a deployment: the CDK context `protector`, as a member of cdk.json or by `-c
// protector='{"name":"…"}'`. Everything has a default. An unknown member is refused, because a misspelt setting would
// have no effect.
import { z } from 'zod';
import { AUDIT_MODES } from '../lib/contract/protect-function.ts';
import { DEFAULT_DEPLOYMENT } from '../lib/contract/deployment.ts';
import { FRONT_ENDS, type FrontEnd } from '../lib/contract/front-ends.ts';
import { DEFAULT_ENVIRONMENTS, DEFAULT_KEPT_VERSIONS, RELEASE_DEMANDS } from '../lib/contract/policy-agent.ts';
import { isKeyMaterial, keySetUrlProblem, publicKey } from '../lib/contract/token-keys.ts';

/** Key of the CDK context. */
export const CONTEXT = 'protector';

/** The values of RetentionInDays (CloudWatch Logs API, PutRetentionPolicy). */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const arn = z.string().regex(/^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:.+$/, 'must be an ARN');
const roleArn = z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role');
const principalArn = z
  .string()
  .regex(
    /^arn:aws[\w-]*:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)$/,
    'must be the ARN of an IAM user, role or account',
  );
/** No account: API Gateway compares the ARN of the caller itself. */
const callerArn = z
  .string()
  .regex(/^arn:aws[\w-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM user or role');
const kmsKeyArn = z
  .string()
  .regex(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a KMS key, not of an alias');
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket');
/** AWS keeps names that begin with `aws:`. */
const tagName = z.string().regex(/^(?!aws:)[\w .:/=+@-]{1,128}$/i, 'must be the name of a tag');
const retention = z.int().refine((days) => RETENTIONS.includes(days), `must be one of ${RETENTIONS.join(', ')}`);
const pathOfLayer = z.string().startsWith('/opt/', 'must be a path below /opt/, in the layer');

const concurrency = {
  /** Concurrent invocations reserved from the quota of the account. @default none reserved */
  reservedConcurrency: z.int().min(1).optional(),
  /** Environments that are kept ready. @default none */
  provisionedConcurrency: z.int().min(1).optional(),
};

const throttle = z.strictObject({
  /** Requests a second, in the long run. */
  rate: z.int().min(1),
  /** Requests at once. */
  burst: z.int().min(1),
});

/** Of an address that every caller of the internet reaches: what unknown callers can cost is bounded. */
const OPEN_THROTTLE = { rate: 200, burst: 400 };

const gateway = {
  /** @default the limits of the account */
  throttle: throttle.optional(),
  /** VPC endpoints of API Gateway that alone reach the API, also of other accounts. @default the internet does */
  privateEndpoints: z
    .array(z.string().regex(/^vpce-[0-9a-f]{8,17}$/, 'must be vpce-…'))
    .min(1)
    .optional(),
};

const redshift = z.strictObject({
  ...concurrency,
  /** Roles that may assume the role of the caller besides Amazon Redshift, also of other accounts (role chaining). */
  trustedRoles: z.array(roleArn).default([]),
});

const snowflake = z.strictObject({
  ...concurrency,
  ...gateway,
  /** `API_AWS_IAM_USER_ARN` of `describe integration`. @default no user may assume the role yet */
  iamUser: principalArn.optional(),
  /** `API_AWS_EXTERNAL_ID` of `describe integration`. */
  externalId: z.string().min(1).optional(),
});

/** Name or ARN of a secret in Secrets Manager (CreateSecret, Name). */
const SECRET = /^(?:arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/;

const secretName = ruleOf((text) => {
  // A template must not hold what should be in the secret.
  if (isKeyMaterial(text)) return 'must name a secret in Secrets Manager, and not be one';
  return SECRET.test(text) ? undefined : 'must be the name or ARN of a secret in Secrets Manager';
});

const networks = z.array(z.string().regex(/^[\d.:a-f]+\/\d{1,3}$/i, 'must be in CIDR notation')).default([]);

/** A text that a check of the contract takes: it returns the rule that a text breaks. */
function ruleOf(problem: (text: string) => string | undefined) {
  return z.string().check(({ value, issues }) => {
    const message = problem(value);
    if (message !== undefined) issues.push({ code: 'custom', input: value, message });
  });
}

const jwt = z.strictObject({
  // What verifies tokens: one of the next three.
  /** A public key: PEM, base64 of it, or base64 of its DER. */
  publicKey: ruleOf((text) => {
    const content = publicKey(text);
    return content.kind === 'unfit' ? content.rule : undefined;
  }).optional(),
  /** The secret that holds the base64 of a shared secret, which the function reads at run time. */
  secret: secretName.optional(),
  /** URL of an identity provider's key set (JWKS). */
  keySetUrl: ruleOf(keySetUrlProblem).optional(),
  /** ARN of the KMS key that encrypts the secret. @default the key of the account for Secrets Manager */
  secretKey: kmsKeyArn.optional(),
  /** Private networks that the key set may be in. */
  keySetNetworks: networks,
  /** Issuers of tokens. Required with `keySetUrl`. @default any */
  issuers: z.array(z.string().min(1)).min(1).optional(),
  /** Audiences, one of which a token must have. @default any */
  audiences: z.array(z.string().min(1)).min(1).optional(),
  /** Types, one of which a token must have. @default no type, `JWT` or `at+jwt` */
  types: z.array(z.string().min(1)).min(1).optional(),
  /** Names of claims. The first claim that holds a text names the user. */
  userClaims: z.array(z.string().min(1)).min(1).optional(),
  /** Whether `user` in the body replaces the user of the token. */
  allowAssumeUser: z.boolean().default(false),
});

const mutualTls = z.strictObject({
  domainName: z.string().min(1),
  /** ARN of the certificate in ACM, in the Region of the API. */
  certificate: arn,
  /** `s3://bucket/key` of the PEM file of the authorities that sign client certificates. */
  truststore: z.string().regex(/^s3:\/\/[^/]+\/.+$/, 'must be s3://bucket/key'),
  truststoreVersion: z.string().optional(),
});

const rest = z.strictObject({
  ...concurrency,
  ...gateway,
  /** `IAM`: requests are signed, and the body names the user. `JWT`: the token names the user. */
  authorization: z.enum(['IAM', 'JWT']).default('IAM'),
  jwt: jwt.optional(),
  /** `IAM`: users and roles that may call. @default every principal of this account with `execute-api:Invoke` */
  callers: z.array(callerArn).default([]),
  mutualTls: mutualTls.optional(),
});

const esa = z.strictObject({
  /** Address, such as `https://esa.example.com:9200`. */
  url: z.string().regex(/^https:\/\/[^/\s]+/, 'must be https://…'),
  index: z.string().min(1).optional(),
  /** The secret that holds the value of the `Authorization` header, which the forwarder reads at run time. */
  authorizationSecret: secretName.optional(),
  /** ARN of the KMS key that encrypts the secret. @default the key of the account for Secrets Manager */
  authorizationSecretKey: kmsKeyArn.optional(),
  /** ARN of the layer version that holds the PEM files below. */
  certificateLayer: arn.optional(),
  caPath: pathOfLayer.optional(),
  certificatePath: pathOfLayer.optional(),
  keyPath: pathOfLayer.optional(),
});

const verifierKey = z
  .string()
  .regex(/^[^\s+,]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/, 'must be a verifier key, <name>+<id>+<base64>');

const audit = z.strictObject({
  mode: z.enum(AUDIT_MODES).default('blocking'),
  /** Mode `buffered`: milliseconds between writes. */
  flushIntervalMs: z.int().min(0).optional(),
  /** Retention of the audit log group. */
  retentionDays: retention.default(365),
  /** Days for which Object Lock (compliance mode) forbids deletion of sealed records to every user, root included. */
  lockDays: z.int().min(1).max(36_500).default(365),
  /** Shards of the stream; a shard takes 1 MB or 1,000 records a second. */
  shards: z.int().min(1).default(1),
  /** How long forwarder and sealer may fail without a loss. */
  streamRetentionHours: z.int().min(24).max(8_760).default(168),
  /** The permanent name of the log. @default `<name>/<account>/<Region>` */
  logOrigin: z
    .string()
    .regex(/^[^\s+]+$/, 'must have no blank and no +')
    .optional(),
  checkpointKey: z.enum(['ECC_NIST_EDWARDS25519', 'ECC_NIST_P256']).default('ECC_NIST_EDWARDS25519'),
  /** Verifier keys of checkpoint keys before a rotation. */
  formerCheckpointKeys: z.array(z.string().min(1)).default([]),
  checkpointMinutes: z.int().min(1).max(1_440).default(5),
  /** Timestamp authorities (RFC 3161) that the sealer asks about checkpoints. Clear text is enough: replies are signed. */
  timestampUrls: z.array(z.url({ protocol: /^https?$/ })).default([]),
  /** Minutes between two comparisons of the audit log group with the log. */
  verifyMinutes: z.int().min(1).max(1_440).default(5),
  /** Witnesses that are asked to cosign each checkpoint (C2SP tlog-witness), with their submission prefixes. */
  witnesses: z
    .array(
      z.strictObject({
        key: verifierKey,
        url: z.string().regex(/^https:\/\/[^\s,]+$/, 'must be https://…, without a blank or a comma'),
      }),
    )
    .default([]),
  /** The audit store that gets merged records. @default none */
  esa: esa.optional(),
});

/** An environment variable holds them all: Lambda gives a function 4 KB of those. */
const MAX_SIGNERS = 20;

const signer = z.strictObject({
  name: z.string().regex(/^[^\s,]{1,64}$/, 'must have at most 64 characters, without a blank or a comma'),
  /** Of the SSH key, as `ssh-keygen -lf key.pub` prints it. */
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256:…, as ssh-keygen -lf prints it'),
  may: z.array(z.enum(['author', 'approve'])).min(1),
});

const policy = z.strictObject({
  /** How many versions to keep for a rollback, the live one among them. */
  keptVersions: z.int().min(2).default(DEFAULT_KEPT_VERSIONS),
  /** Lint rules that stop a publication. */
  lintErrors: z.array(z.string().regex(/^[\w-]+$/)).default([]),
  /** What a release needs before it is published. `approval` needs a signature too: it is that of a second person. */
  requires: z.array(z.enum(RELEASE_DEMANDS)).default([]),
  /** Whose SSH keys may sign releases as their author, and approve them. A person with several keys is there for each. */
  signers: z.array(signer).max(MAX_SIGNERS).default([]),
});

const tenants = z.strictObject({
  /** ARNs of the KMS keys of tenants, also of other accounts. Their key policies must allow the role of the gateway. */
  keys: z.array(kmsKeyArn).default([]),
  /** Principals that may seal tenants. @default every principal of this account with the IAM permission on the key */
  sealers: z.array(principalArn).default([]),
  /** Roles that the forwarder assumes to write to log groups of tenants. */
  sinkRoles: z.array(roleArn).default([]),
  /** Private networks that sinks may be in, in CIDR notation. */
  allowedNetworks: networks,
  /** Shards of the stream of security events. */
  shards: z.int().min(1).default(1),
  streamRetentionHours: z.int().min(24).max(8_760).default(168),
  /** Reserved concurrency of the gateway. @default none reserved */
  reservedConcurrency: z.int().min(1).optional(),
  throttle: throttle.default(OPEN_THROTTLE),
});

/** A place of a bucket: what lies below it belongs to the jobs of the file protector. */
const folder = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/(?:[^\s*?]*\/)?$/, 'must be s3://bucket/ or s3://bucket/folder/');

const files = z.strictObject({
  /** The sources of all jobs lie at or below this place. Its bucket must send its events to EventBridge. */
  source: folder,
  /** The targets of all jobs lie at or below this place. */
  target: folder,
  /** Where S3 Inventories of the source lie that runs take their objects from. @default runs list the source */
  inventory: folder.optional(),
  /** Whether jobs may be on Parquet: adds a layer with DuckDB, which `npm run build -- --parquet` makes. */
  parquet: z.boolean().default(false),
  /** ARN of the KMS key that encrypts the source. @default a key of AWS for S3 */
  sourceKey: kmsKeyArn.optional(),
  /** ARN of the KMS key that encrypts the target. @default a key of AWS for S3 */
  targetKey: kmsKeyArn.optional(),
  /** Principals that may seal jobs. @default every principal of this account with the IAM permission on the sealing key */
  sealers: z.array(principalArn).default([]),
  /** Objects that a job protects at once. */
  concurrency: z.int().min(1).max(1_000).default(40),
  /** Concurrent invocations reserved from the quota of the account. @default none reserved */
  reservedConcurrency: z.int().min(1).optional(),
});

const witness = z.strictObject({
  /** Name in the signature lines: a URL without a scheme, by custom. */
  name: z.string().regex(/^[^\s+]+$/, 'must have no blank and no +'),
  /** Verifier keys of the logs. */
  logs: z.array(verifierKey).min(1),
  /** Days for which Object Lock (compliance mode) forbids deletion of cosigned checkpoints to every user. */
  lockDays: z.int().min(1).max(36_500).default(365),
  throttle: throttle.default(OPEN_THROTTLE),
  /** Minutes without a cosignature of a log that are an alarm: more than its interval of checkpoints. */
  silentMinutes: z.int().min(5).max(1_440).default(60),
});

const alarms = z.strictObject({
  /** Addresses that get alarms once they have confirmed. @default alarms show in the console */
  emails: z.array(z.email()).default([]),
  /** ARN of an existing topic, in place of addresses. */
  topic: arn.optional(),
  /** The account's quota of concurrent executions. */
  concurrencyQuota: z.int().min(1).default(1000),
});

/** Keys and buckets that an earlier deployment of this name left in this account and Region. */
const adopt = z.strictObject({
  sealingKey: kmsKeyArn.optional(),
  publicationBucket: bucketName.optional(),
  checkpointKey: kmsKeyArn.optional(),
  logBucket: bucketName.optional(),
  tenantsKey: kmsKeyArn.optional(),
  tenantsBucket: bucketName.optional(),
});

/** The key id of a multi-Region key begins with `mrk-`. */
const multiRegionKeyArn = z
  .string()
  .regex(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/mrk-[\da-f]+$/, 'must be the ARN of a multi-Region key');

const recovery = z.strictObject({
  /** The second Region. The stack `<name>-recovery` is deployed there. */
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be the name of a Region'),
  /** The buckets of the stack `<name>-recovery`. @default nothing is copied yet */
  buckets: z.strictObject({ publication: bucketName, log: bucketName, tenants: bucketName }).optional(),
  /** The keys of the first Region, replicas of which the stack `<name>-recovery` makes. @default none yet */
  keys: z
    .strictObject({
      sealing: multiRegionKeyArn,
      checkpoints: multiRegionKeyArn,
      /** Required with tenants. */
      tenants: multiRegionKeyArn.optional(),
    })
    .optional(),
  /** Whether the second Region has taken over: nothing from the first Region reaches its buckets any more. */
  takenOver: z.boolean().default(false),
});

const vpc = z.strictObject({
  subnets: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be subnet-…')).min(1),
  securityGroups: z.array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'must be sg-…')).min(1),
});

const environmentCount = z.int().min(1).max(15_000);

/** Up to this many requests at once for each processor is what Lambda lets a function have. */
const REQUESTS_A_VCPU = 64;

const managedInstances = z.strictObject({
  /** Processors of an environment, each with a worker thread. */
  vcpus: z.int().min(1).max(16).default(2),
  /** GB of memory for each of them: instances of the families c (2), m (4) and r (8). */
  memoryGbPerVcpu: z.union([z.literal(2), z.literal(4), z.literal(8)]).default(4),
  /** Requests that an environment answers at once. A request of 6 MB takes some 50 MB while it is answered. */
  concurrency: z.int().min(1).max(1_600).default(16),
  /** The least and the most environments of each function. */
  environments: z
    .strictObject({
      least: environmentCount.default(DEFAULT_ENVIRONMENTS.least),
      most: environmentCount.default(DEFAULT_ENVIRONMENTS.most),
    })
    .prefault({}),
  /** The most processors of all instances together: what they can cost is bounded. */
  maxVcpus: z.int().min(12).max(15_000).default(96),
  /** Types of instances with arm64 processors, such as m7g.xlarge. @default what Lambda chooses */
  instanceTypes: z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be like m7g.xlarge')).default([]),
});

const schema = z
  .strictObject({
    /** The prefix of all names; two deployments in one account and Region need different ones. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 of a-z, 0-9 and -, a letter first')
      .default(DEFAULT_DEPLOYMENT),
    /**
     * `sandbox`: what is tried and removed again; it keeps little, and locks it for a day. `production`: refuses settings
     * that lose records or alarms.
     *
     * @default neither
     */
    profile: z.enum(['sandbox', 'production']).optional(),
    /**
     * Principals that may administer the KMS keys, besides the role that deploys. @default every principal of this
     * account with the IAM permission
     */
    keyAdministrators: z.array(principalArn).default([]),
    /** The role that CloudFormation deploys with. @default the execution role of `cdk bootstrap` */
    deploymentRole: roleArn.optional(),
    /** Tags of every resource that takes some. @default none */
    tags: z.record(tagName, z.string().max(256)).default({}),
    /** Retention of the functions' own logs, which hold no audit record. */
    functionLogDays: retention.default(30),
    memoryMb: z.int().min(512).max(10_240).default(1769),
    usernameRegex: z.string().min(1).optional(),
    serviceUser: z.string().min(1).optional(),
    /** Whether policies may have budgets (`maxUnprotectPerDay`): adds the bucket that counts the values that users see. */
    budgets: z.boolean().default(false),
    /** Whether every function is asked for the policy's canary every five minutes, through the alias that callers use. */
    canary: z.boolean().default(false),
    /**
     * Whether new readers, unusual volumes and gaps in chains are looked for every day: adds a bucket for what was found, of
     * which the topic or the addresses of `alarms` are told.
     */
    scheduledQueries: z.boolean().default(false),
    /**
     * Whether AWS X-Ray gets traces of the functions and APIs: times and names of calls, never a value. Callers' sampling
     * decisions are kept.
     */
    tracing: z.boolean().default(false),
    /** Subnets and security groups of protect functions, forwarders and tenant gateway. @default no VPC */
    vpc: vpc.optional(),
    /**
     * Protect functions on EC2 instances that Lambda manages, in the subnets of `vpc`: many requests in one environment.
     *
     * @default on demand
     */
    managedInstances: z.union([z.literal(false), managedInstances]).default(false),
    audit: audit.prefault({}),
    policy: policy.prefault({}),
    redshift: z.union([z.literal(false), redshift]).prefault({}),
    snowflake: z.union([z.literal(false), snowflake]).prefault({}),
    rest: z.union([z.literal(false), rest]).prefault({}),
    /** @default none: the tenants stack adds a stream, and an address that is open to the internet */
    tenants: z.union([z.literal(false), tenants]).default(false),
    /** The file protector, for objects of buckets. @default none */
    files: z.union([z.literal(false), files]).default(false),
    /**
     * A witness of other logs, in a stack of its own: deploy it alone, into another account.
     *
     * @default none
     */
    witness: z.union([z.literal(false), witness]).default(false),
    alarms: alarms.prefault({}),
    /**
     * Whether the sealing key, the checkpoint key and the tenants' key are multi-Region keys. Of a new deployment alone: KMS
     * makes no key of one Region a multi-Region key.
     */
    multiRegionKeys: z.boolean().default(false),
    /** What a deployment in a second Region needs when the first one is lost. @default nothing leaves the Region */
    recovery: z.union([z.literal(false), recovery]).default(false),
    /** Kept keys and buckets, in place of new ones. @default new ones */
    adopt: adopt.prefault({}),
    /**
     * Whether to set the role that API Gateway writes logs with, for the whole account and Region. `false`: it is set
     * already.
     */
    apiGatewayLogRole: z.boolean().default(true),
  })
  .check(({ value, issues }) => {
    const problem = (path: PropertyKey[], message: string): void => {
      issues.push({ code: 'custom', input: value, path, message });
    };
    if (FRONT_ENDS.every((frontEnd) => value[frontEnd] === false)) {
      problem(['redshift'], `one of ${FRONT_ENDS.join(', ')} must not be false`);
    }
    const { snowflake: flake, rest: api, audit: trail } = value;
    if (flake && (flake.iamUser === undefined) !== (flake.externalId === undefined)) {
      problem(
        ['snowflake', flake.iamUser === undefined ? 'iamUser' : 'externalId'],
        'is required with the other of the two',
      );
    }
    for (const frontEnd of FRONT_ENDS) {
      const { reservedConcurrency, provisionedConcurrency = 0 } = value[frontEnd] || {};
      if (reservedConcurrency !== undefined && provisionedConcurrency > reservedConcurrency) {
        problem([frontEnd, 'provisionedConcurrency'], 'must not be above reservedConcurrency, of which it is a part');
      }
    }
    if (api && api.mutualTls !== undefined && api.privateEndpoints !== undefined) {
      problem(['rest', 'mutualTls'], 'is not for a private API: API Gateway checks no certificates there');
    }
    if (api && api.authorization === 'JWT') {
      const { publicKey: key, secret, secretKey, keySetUrl, keySetNetworks = [], issuers } = api.jwt ?? {};
      if ([key, secret, keySetUrl].filter((one) => one !== undefined).length !== 1) {
        problem(['rest', 'jwt'], 'needs one of publicKey, secret and keySetUrl when authorization is JWT');
      }
      if (keySetUrl !== undefined && issuers === undefined) {
        problem(['rest', 'jwt', 'issuers'], 'is required with keySetUrl');
      }
      if (keySetUrl === undefined && keySetNetworks.length > 0) {
        problem(['rest', 'jwt', 'keySetNetworks'], 'is for keySetUrl');
      }
      if (secret === undefined && secretKey !== undefined) problem(['rest', 'jwt', 'secretKey'], 'is for secret');
      if (api.callers.length > 0) problem(['rest', 'callers'], 'is for authorization IAM');
    } else if (api && api.jwt !== undefined) {
      problem(['rest', 'jwt'], 'is for authorization JWT');
    }
    const { requires, signers } = value.policy;
    if (new Set(signers.map(({ fingerprint }) => fingerprint)).size < signers.length) {
      problem(['policy', 'signers'], 'must have each fingerprint once');
    }
    const needsApproval = requires.includes('approval');
    const authors = signers.filter(({ may }) => may.includes('author'));
    if ((needsApproval || requires.includes('signature')) && authors.length === 0) {
      problem(['policy', 'signers'], 'must have an author where a signature is required');
    }
    const isSecond = ({ name, may }: (typeof signers)[number]): boolean =>
      may.includes('approve') && authors.some((author) => author.name !== name);
    if (needsApproval && !signers.some(isSecond)) {
      problem(['policy', 'signers'], 'must have somebody who may approve what another person wrote');
    }
    if (value.deploymentRole !== undefined && value.keyAdministrators.length === 0) {
      problem(['deploymentRole'], 'is for keyAdministrators');
    }
    if (value.profile === 'sandbox') {
      for (const frontEnd of FRONT_ENDS) {
        if ((value[frontEnd] || {}).provisionedConcurrency === undefined) continue;
        problem([frontEnd, 'provisionedConcurrency'], 'is not for the profile sandbox: it costs without a request');
      }
    }
    if (value.profile === 'production') {
      if (value.alarms.topic === undefined && value.alarms.emails.length === 0) {
        problem(['alarms'], 'needs emails or topic in the profile production');
      }
      if (trail.mode === 'buffered') {
        problem(
          ['audit', 'mode'],
          'must not be buffered in the profile production: an environment that dies loses records',
        );
      }
      if (trail.lockDays < trail.retentionDays) {
        problem(['audit', 'lockDays'], 'must not be below retentionDays in the profile production');
      }
    }
    // What is sealed opens under its own key only.
    for (const [key, bucket] of [
      ['sealingKey', 'publicationBucket'],
      ['tenantsKey', 'tenantsBucket'],
    ] as const) {
      const absent = value.adopt[key] === undefined ? key : bucket;
      if ((value.adopt[key] === undefined) !== (value.adopt[bucket] === undefined)) {
        problem(['adopt', absent], 'is required with the other of the two');
      }
    }
    if (value.files) {
      const { source, target } = value.files;
      if (source.startsWith(target) || target.startsWith(source)) {
        problem(['files', 'target'], 'must not hold the source or lie in it: a job would take its own outputs');
      }
    }
    if (value.managedInstances) instanceProblems(value, value.managedInstances, problem);
    if (value.recovery) recoveryProblems(value, value.recovery, problem);
    if (value.alarms.topic !== undefined && value.alarms.emails.length > 0) {
      problem(['alarms', 'emails'], 'must be empty where topic is set');
    }
    if (trail.flushIntervalMs !== undefined && trail.mode !== 'buffered') {
      problem(['audit', 'flushIntervalMs'], 'is for the mode buffered');
    }
  });

/** Reports what instances cannot do, and what could never start on them. */
function instanceProblems(
  config: Pick<Config, 'vpc' | 'profile' | 'audit' | FrontEnd>,
  { vcpus, memoryGbPerVcpu, concurrency: requests, environments, maxVcpus }: ManagedInstancesConfig,
  problem: (path: PropertyKey[], message: string) => void,
): void {
  if (config.vpc === undefined) problem(['managedInstances'], 'needs vpc: the instances are in its subnets');
  if (config.profile === 'sandbox') {
    problem(['managedInstances'], 'is not for the profile sandbox: instances cost without a request');
  }
  if (config.audit.mode === 'buffered') {
    problem(['audit', 'mode'], 'must not be buffered with managedInstances: no signal tells a thread of its end');
  }
  const functions = FRONT_ENDS.filter((frontEnd) => config[frontEnd] !== false);
  for (const frontEnd of functions) {
    for (const setting of ['reservedConcurrency', 'provisionedConcurrency'] as const) {
      if ((config[frontEnd] || {})[setting] === undefined) continue;
      problem([frontEnd, setting], 'is for functions on demand: managedInstances.environments says how many run');
    }
  }
  if (environments.least > environments.most) {
    problem(['managedInstances', 'environments', 'least'], 'must not be above most');
  }
  if (requests > REQUESTS_A_VCPU * vcpus) {
    problem(['managedInstances', 'concurrency'], `must not be above ${REQUESTS_A_VCPU} for each of vcpus`);
  }
  if (vcpus * memoryGbPerVcpu > MAX_ENVIRONMENT_GB) {
    problem(['managedInstances', 'vcpus'], `must not have more than ${MAX_ENVIRONMENT_GB} GB of memory in all`);
  }
  // A new version runs beside the live one until it has given the known answers.
  const needed = 2 * functions.length * environments.least * vcpus;
  if (maxVcpus < needed) {
    problem(
      ['managedInstances', 'maxVcpus'],
      `must be at least ${needed}: two versions of ${functions.length} functions, ${environments.least} environments each, of ${vcpus} processors`,
    );
  }
}

/** The most memory of an environment on instances, in GB. */
const MAX_ENVIRONMENT_GB = 32;

/** Reports why a second Region could not take over. */
function recoveryProblems(
  {
    multiRegionKeys,
    adopt: adopted,
    tenants: hasTenants,
  }: Pick<Config, 'multiRegionKeys' | 'tenants'> & { readonly adopt: object },
  { region, keys }: RecoveryConfig,
  problem: (path: PropertyKey[], message: string) => void,
): void {
  if (!multiRegionKeys) {
    problem(
      ['recovery'],
      'needs multiRegionKeys, which is for a new deployment: KMS makes no key of one Region a multi-Region key, and what a key has sealed opens under no other. A deployment that lives keeps its keys: see docs/deploy/recovery.md',
    );
  }
  for (const kept of Object.keys(adopted)) {
    problem(['adopt', kept], 'is not for recovery: the stacks leave adopted keys and buckets as they are');
  }
  for (const [name, keyArn] of Object.entries(keys ?? {})) {
    if (keyArn?.split(':')[3] === region) {
      problem(['recovery', 'keys', name], 'must be of the first Region, not of recovery.region');
    }
  }
  if (keys !== undefined && (keys.tenants === undefined) === (hasTenants !== false)) {
    problem(['recovery', 'keys', 'tenants'], hasTenants === false ? 'is for tenants' : 'is required with tenants');
  }
}

/** Returns the throttle of the REST API: with tokens every caller reaches it, and the function has to refuse them. */
export function throttleOf({ authorization, throttle: configured }: RestConfig): Throttle | undefined {
  return configured ?? (authorization === 'JWT' ? OPEN_THROTTLE : undefined);
}

export type Throttle = z.output<typeof throttle>;
export type Config = z.output<typeof schema>;
export type EsaConfig = z.output<typeof esa>;
export type RedshiftConfig = Exclude<Config['redshift'], false>;
export type SnowflakeConfig = Exclude<Config['snowflake'], false>;
export type RestConfig = Exclude<Config['rest'], false>;
export type WitnessConfig = Exclude<Config['witness'], false>;
export type RecoveryConfig = z.output<typeof recovery>;
export type ManagedInstancesConfig = z.output<typeof managedInstances>;
export type FilesConfig = Exclude<Config['files'], false>;
export type TenantsConfig = Exclude<Config['tenants'], false>;

/** A configuration that cannot be used. The message names every wrong path, and no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parses the context `protector`: an object, its JSON text (as `-c` gives it), or undefined. Throws `ConfigError`. */
export function parseConfig(context: unknown): Config {
  const parsed = schema.safeParse(context === undefined ? {} : withProfile(fromText(context)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf);
  throw new ConfigError(`The context "${CONTEXT}" cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

/** What the profile `sandbox` sets where the configuration says nothing. A lock cannot be shortened: a day is its least. */
const SANDBOX = { functionLogDays: 7, audit: { lockDays: 1, retentionDays: 7, streamRetentionHours: 24 } };

function withProfile(context: unknown): unknown {
  const { profile, audit: given } = Object(context) as { readonly profile?: unknown; readonly audit?: unknown };
  // What is no object stays as it is, and is refused.
  if (profile !== 'sandbox' || (given !== undefined && Object(given) !== given) || Array.isArray(given)) return context;
  return { ...SANDBOX, ...Object(context), audit: { ...SANDBOX.audit, ...(given as object | undefined) } };
}

function fromText(context: unknown): unknown {
  if (typeof context !== 'string') return context;
  try {
    return JSON.parse(context) as unknown;
  } catch {
    throw new ConfigError(`The context "${CONTEXT}" is text, and not JSON`);
  }
}

/** Words an issue as lines such as `rest.mutualTls.truststore: must be s3://bucket/key`. */
function problemsOf(issue: z.core.$ZodIssue): string[] {
  const path = [CONTEXT, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: unknown member`);
  if (issue.code !== 'invalid_union') return [`${path}: ${issue.message}`];
  // A union of `false` and an object: only the problems of the object help.
  const inner = issue.errors.flat().filter(({ code }) => code !== 'invalid_value');
  return inner.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }));
}
