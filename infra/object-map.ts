// The map over the objects of a job, in Amazon States Language: a Distributed Map over the listing, an execution for each object, and in it an
// inline map over the ranges of a large one. Every task may be repeated, so everything that a repetition may mend is repeated.

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

/** Returns the definition. Its input: `{ job }`, the name of a sealed job. */
export function objectMap({ functionArn, concurrency, resultBucket, resultPrefix }: ObjectMapProps): object {
  const task = (name: string, parameters: object, more: object): object => ({
    Type: 'Task',
    Resource: functionArn,
    Parameters: { task: name, 'job.$': '$.job', ...parameters },
    Retry: RETRY,
    ...more,
  });
  const ofObject = { 'key.$': '$.key' };
  const ofPlan = { ...ofObject, 'tag.$': '$.plan.tag' };
  return {
    Comment: 'Protects the objects of a job',
    StartAt: 'Job',
    States: {
      // A job that is not there, or that the policy refuses, fails once and not for each object.
      Job: task('job', {}, { ResultPath: '$.source', Next: 'Objects' }),
      Objects: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:listObjectsV2',
          Parameters: { 'Bucket.$': '$.source.bucket', 'Prefix.$': '$.source.prefix' },
        },
        ItemSelector: { 'job.$': '$.job', 'key.$': '$$.Map.Item.Value.Key' },
        MaxConcurrency: concurrency,
        // An object that cannot be protected does not keep the others waiting; the results name it.
        ToleratedFailurePercentage: 100,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Plan',
          States: {
            Plan: task('plan', ofObject, { ResultPath: '$.plan', Next: 'HasRanges' }),
            HasRanges: {
              Type: 'Choice',
              Choices: [{ Variable: '$.plan.is', StringEquals: 'begun', Next: 'Ranges' }],
              Default: 'Done',
            },
            Ranges: {
              Type: 'Map',
              ItemsPath: '$.plan.ranges',
              ItemSelector: {
                'job.$': '$.job',
                'key.$': '$.key',
                'plan.$': '$.plan',
                'range.$': '$$.Map.Item.Value',
              },
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
      },
    },
  };
}
