// Runs a state machine of Amazon States Language (states-language.net) as Step Functions does, where no emulator does: tasks, choices, and maps,
// inline and distributed over a listing or an S3 Inventory. It waits for nothing. What it does not know it refuses.
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { concurrently } from '../../lib/base/concurrently.ts';

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()),
  MaxAttempts: z.int().min(0).default(3),
  IntervalSeconds: z.number().optional(),
  BackoffRate: z.number().optional(),
  MaxDelaySeconds: z.number().optional(),
  JitterStrategy: z.literal('FULL').optional(),
});
const parameters = z.record(z.string(), z.unknown());
const leads = { Next: z.string().optional(), End: z.literal(true).optional() };

const state = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('Task'),
    Resource: z.string(),
    Parameters: parameters,
    ResultPath: z.string().optional(),
    Retry: z.array(retrier).default([]),
    Catch: z.array(z.strictObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
    ...leads,
  }),
  z.strictObject({
    Type: z.literal('Choice'),
    Choices: z.array(
      z.union([
        z.strictObject({ Variable: z.string(), StringEquals: z.string(), Next: z.string() }),
        z.strictObject({ Variable: z.string(), IsPresent: z.literal(true), Next: z.string() }),
      ]),
    ),
    Default: z.string(),
  }),
  z.strictObject({
    Type: z.literal('Map'),
    ItemsPath: z.string().optional(),
    ItemReader: z
      .discriminatedUnion('Resource', [
        z.strictObject({ Resource: z.literal('arn:aws:states:::s3:listObjectsV2'), Parameters: parameters }),
        z.strictObject({
          Resource: z.literal('arn:aws:states:::s3:getObject'),
          ReaderConfig: z.strictObject({ InputType: z.literal('MANIFEST') }),
          Parameters: parameters,
        }),
      ])
      .optional(),
    ItemSelector: parameters,
    MaxConcurrency: z.int().min(1),
    ToleratedFailurePercentage: z.number().default(0),
    ItemProcessor: z.strictObject({
      ProcessorConfig: z.strictObject({
        Mode: z.enum(['INLINE', 'DISTRIBUTED']),
        ExecutionType: z.literal('STANDARD').optional(),
      }),
      StartAt: z.string(),
      get States() {
        return z.record(z.string(), state);
      },
    }),
    ResultPath: z.null().optional(),
    ResultWriter: z
      .strictObject({ Resource: z.literal('arn:aws:states:::s3:putObject'), Parameters: parameters })
      .optional(),
    ...leads,
  }),
  z.strictObject({ Type: z.literal('Succeed'), OutputPath: z.string().optional() }),
]);

const machine = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  States: z.record(z.string(), state),
});

type State = z.output<typeof state>;
type States = Readonly<Record<string, State>>;
type Json = Readonly<Record<string, unknown>>;

export interface Surroundings {
  /** Invokes a function. Rejects with an error whose name is the error that the machine sees. */
  readonly invoke: (arn: string, payload: unknown) => Promise<unknown>;
  /** The keys of a listing. */
  readonly list: (bucket: string, prefix: string) => readonly string[];
  /** The bytes of an object: of a manifest, and of the files that it names. @default there is none */
  readonly get?: (bucket: string, key: string) => Uint8Array;
}

/** An execution of an object that failed. */
export interface MapFailure {
  readonly error: string;
}

/** Runs a machine. Resolves to the results of its map: outputs, and failures that are tolerated. */
export async function runStateMachine(definition: unknown, input: Json, around: Surroundings): Promise<unknown> {
  const { StartAt, States } = machine.parse(definition);
  return run(States, StartAt, input, {}, around);
}

async function run(states: States, start: string, input: Json, context: Json, around: Surroundings): Promise<unknown> {
  let data: unknown = input;
  for (let name: string | undefined = start; name !== undefined; ) {
    const now: State | undefined = states[name];
    if (now === undefined) throw new RangeError(`no state ${name}`);
    switch (now.Type) {
      case 'Succeed':
        return now.OutputPath === undefined ? data : at(now.OutputPath, data, context);
      case 'Choice':
        name = now.Choices.find((choice) => holds(choice, data, context))?.Next ?? now.Default;
        break;
      case 'Task': {
        let outcome: Outcome;
        try {
          // oxlint-disable-next-line no-await-in-loop -- states follow one another
          outcome = { result: await withRetries(now, data, context, around), next: now.Next };
        } catch (error) {
          const caught = now.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, error));
          if (caught === undefined) throw error;
          outcome = { result: undefined, next: caught.Next };
        }
        if (now.ResultPath === undefined) data = outcome.result ?? data;
        else data = { ...(data as Json), [now.ResultPath.slice(2)]: outcome.result };
        name = outcome.next;
        break;
      }
      case 'Map': {
        // oxlint-disable-next-line no-await-in-loop -- states follow one another
        const results = await mapped(now, data, context, around);
        if (now.ResultPath === undefined) data = results;
        name = now.Next;
        break;
      }
    }
  }
  return data;
}

interface Outcome {
  readonly result: unknown;
  readonly next: string | undefined;
}

async function withRetries(
  { Resource, Parameters, Retry }: Extract<State, { Type: 'Task' }>,
  data: unknown,
  context: Json,
  { invoke }: Surroundings,
): Promise<unknown> {
  const attempts = new Map<number, number>();
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- attempts follow one another
      return await invoke(Resource, filled(Parameters, data, context));
    } catch (error) {
      const index = Retry.findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
      const done = attempts.get(index) ?? 0;
      if (index === -1 || done >= Retry[index]!.MaxAttempts) throw error;
      attempts.set(index, done + 1);
    }
  }
}

async function mapped(
  now: Extract<State, { Type: 'Map' }>,
  data: unknown,
  context: Json,
  around: Surroundings,
): Promise<unknown[]> {
  const { ItemReader, ItemsPath, ItemSelector, ItemProcessor, MaxConcurrency, ToleratedFailurePercentage } = now;
  let items: readonly unknown[];
  if (ItemReader === undefined) items = at(ItemsPath ?? '$', data, context) as unknown[];
  else items = itemsOf(ItemReader, data, context, around);
  let failed = 0;
  const results = await concurrently([...items.entries()], MaxConcurrency, async ([Index, Value]) => {
    const own = { ...context, Map: { Item: { Index, Value } } };
    try {
      const input = filled(ItemSelector, data, own);
      return await run(ItemProcessor.States, ItemProcessor.StartAt, input, own, around);
    } catch (error) {
      failed++;
      if (failed * 100 > ToleratedFailurePercentage * items.length) throw error;
      return { error: nameOf(error) } satisfies MapFailure;
    }
  });
  return results;
}

type Reader = NonNullable<Extract<State, { Type: 'Map' }>['ItemReader']>;

/** Reads the items of a distributed map. Those of an inventory have the names of its columns, and all values are texts. */
function itemsOf({ Resource, Parameters }: Reader, data: unknown, context: Json, { list, get }: Surroundings): Json[] {
  const given = filled(Parameters, data, context) as { Bucket: string; Prefix: string; Key: string };
  if (Resource === 'arn:aws:states:::s3:listObjectsV2') return list(given.Bucket, given.Prefix).map((Key) => ({ Key }));
  const bytesOf = (key: string): Buffer => {
    if (get === undefined) throw Object.assign(new Error('no such object'), { name: 'States.ItemReaderFailed' });
    return Buffer.from(get(given.Bucket, key));
  };
  const { fileFormat, fileSchema, files } = manifest.parse(JSON.parse(bytesOf(given.Key).toString()));
  if (fileFormat !== 'CSV') throw Object.assign(new Error(fileFormat), { name: 'States.ItemReaderFailed' });
  const names = fileSchema.split(',').map((name) => name.trim());
  return files.flatMap(({ key }) => {
    const lines = gunzipSync(bytesOf(key))
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    // Every field is quoted, and a URL-encoded key holds no quote.
    return lines.map((line) =>
      Object.fromEntries(
        line
          .slice(1, -1)
          .split('","')
          .map((value, i) => [names[i]!, value]),
      ),
    );
  });
}

/** "Amazon S3 Inventory manifest files" of the Amazon S3 User Guide. */
const manifest = z.object({
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string() })),
});

type Choice = Extract<State, { Type: 'Choice' }>['Choices'][number];

function holds(choice: Choice, data: unknown, context: Json): boolean {
  if ('StringEquals' in choice) return at(choice.Variable, data, context) === choice.StringEquals;
  return Object.hasOwn(data as Json, choice.Variable.slice(2));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'States.TaskFailed';
}

function matches(names: readonly string[], error: unknown): boolean {
  return names.includes('States.ALL') || names.includes(nameOf(error));
}

/** Fills in what stands behind names that end with `.$`. */
function filled(template: Json, data: unknown, context: Json): Json {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      return name.endsWith('.$') ? [name.slice(0, -2), at(value as string, data, context)] : [name, value];
    }),
  );
}

/** Reads `$.a.b` of the data, `$$.a.b` of the context. Rejects a path that leads nowhere, as the service does. */
function at(path: string, data: unknown, context: Json): unknown {
  const [root, ...steps] = path.split('.');
  let found: unknown = root === '$$' ? context : data;
  for (const step of steps) {
    found = (found as Json | undefined)?.[step];
    if (found === undefined) throw new RangeError(`${path} leads nowhere`);
  }
  return found;
}
