// The map over the objects of a job, in Amazon States Language: a Distributed Map over the listing or an S3 Inventory, an execution for each
// object, and in it an inline map over the ranges of a large one. Every task may be repeated, so everything that a repetition may mend is
// repeated.

export interface ObjectMapProps {
  /** ARN of the file protector. */
  readonly functionArn: string;
  /** Objects at once. */
  readonly concurrency: number;
  /** Where the results of the map go. */
  readonly resultBucket: string;
  readonly resultPrefix: string;
}

/** Codes that the file protector fails with and that no repetition mends. */
const FINAL = [
  'FILES_STATE',
  'FILES_LAYOUT',
  'EVENT_MALFORMED',
  'USER_UNKNOWN',
  'ELEMENT_UNKNOWN',
  'NOT_AUTHORIZED',
  'NOT_CONFIGURED',
  // Each attempt counts what it protects: it would spend the next day's budget too.
  'BUDGET_SPENT',
  'BUNDLE_TAMPERED',
  'BUNDLE_MALFORMED',
];

const RETRY = [
  { ErrorEquals: FINAL, MaxAttempts: 0 },
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL',
  },
];

/** Ranges of an object at once: more would take the account's concurrency from other objects. */
const RANGES_AT_ONCE = 20;

/** Returns the definition. Its input: `{ job }`, the name of a sealed job; with `inventory: { bucket, key }` the manifest that lists the objects. */
export function objectMap({ functionArn, concurrency, resultBucket, resultPrefix }: ObjectMapProps): object {
  const task = (name: string, parameters: object, more: object): object => ({
    Type: 'Task',
    Resource: functionArn,
    Parameters: { task: name, 'job.$': '$.job', ...parameters },
    Retry: RETRY,
    ...more,
  });
  // The plan says which key is meant: an inventory encodes them.
  const ofPlan = { 'key.$': '$.plan.key', 'tag.$': '$.plan.tag' };
  /** `item`: what a task is told of an object besides the job. */
  const mapOver = (reader: object, item: readonly string[]): object => ({
    Type: 'Map',
    ItemReader: reader,
    ItemSelector: {
      'job.$': '$.job',
      ...Object.fromEntries(item.map((name) => [`${name}.$`, `$$.Map.Item.Value.${capital(name)}`])),
    },
    MaxConcurrency: concurrency,
    // An object that cannot be protected does not keep the others waiting; the results name it.
    ToleratedFailurePercentage: 100,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Plan',
      States: {
        Plan: task('plan', Object.fromEntries(item.map((name) => [`${name}.$`, `$.${name}`])), {
          ResultPath: '$.plan',
          Next: 'HasRanges',
        }),
        HasRanges: {
          Type: 'Choice',
          Choices: [{ Variable: '$.plan.is', StringEquals: 'begun', Next: 'Ranges' }],
          Default: 'Done',
        },
        Ranges: {
          Type: 'Map',
          ItemsPath: '$.plan.ranges',
          ItemSelector: { 'job.$': '$.job', 'plan.$': '$.plan', 'range.$': '$$.Map.Item.Value' },
          MaxConcurrency: RANGES_AT_ONCE,
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            StartAt: 'Range',
            States: {
              Range: task(
                'range',
                { ...ofPlan, 'range.$': '$.range' },
                // `Finish` protects what is missing.
                { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Left' }], End: true },
              ),
              Left: { Type: 'Succeed' },
            },
          },
          ResultPath: null,
          Next: 'Finish',
        },
        Finish: task('finish', ofPlan, { ResultPath: '$.plan', Next: 'Done' }),
        Done: { Type: 'Succeed', OutputPath: '$.plan' },
      },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: resultBucket, Prefix: resultPrefix },
    },
    End: true,
  });
  return {
    Comment: 'Protects the objects of a job',
    StartAt: 'Job',
    States: {
      // A job that is not there, or that the policy refuses, fails once and not for each object.
      Job: task('job', {}, { ResultPath: '$.source', Next: 'HasInventory' }),
      HasInventory: {
        Type: 'Choice',
        Choices: [{ Variable: '$.inventory', IsPresent: true, Next: 'ObjectsOfInventory' }],
        Default: 'Objects',
      },
      Objects: mapOver(
        {
          Resource: 'arn:aws:states:::s3:listObjectsV2',
          Parameters: { 'Bucket.$': '$.source.bucket', 'Prefix.$': '$.source.prefix' },
        },
        ['key'],
      ),
      ObjectsOfInventory: mapOver(
        {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'MANIFEST' },
          Parameters: { 'Bucket.$': '$.inventory.bucket', 'Key.$': '$.inventory.key' },
        },
        // With the bucket, the key is one of an inventory.
        ['bucket', 'key'],
      ),
    },
  };
}

/** The members of an item are called as those of the listing and the inventory are. */
function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
