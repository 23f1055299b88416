// The results of a map over objects, as Step Functions writes them (Developer Guide, "ResultWriter"): a manifest, which names files of
// executions; an execution that succeeded holds the outcome of its object.
import { z } from 'zod';
import { FilesError } from '../errors.ts';

const manifest = z.object({
  ResultFiles: z.object({ SUCCEEDED: z.array(z.object({ Key: z.string(), Size: z.number() })).default([]) }),
});
const executions = z.array(z.object({ Output: z.string() }));
const outcome = z.object({
  is: z.enum(['protected', 'refused', 'taken', 'absent']),
  rows: z.number().default(0),
  values: z.number().default(0),
  rejected: z.number().default(0),
  refusal: z.object({ code: z.string() }).optional(),
  repeated: z.boolean().default(false),
});

/** What became of the objects of a run. */
export interface ResultSums {
  readonly protected: number;
  readonly refused: number;
  readonly taken: number;
  readonly absent: number;
  /** Objects whose work had ended before this run. */
  readonly before: number;
  /** Of the outputs of protected objects. */
  readonly rows: number;
  readonly values: number;
  readonly rejected: number;
  /** Refused objects by the code of the refusal. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Lists the files of a manifest with the executions that succeeded. Throws `FilesError` `FILES_DAMAGED`. */
export function resultFiles(body: Uint8Array): { readonly key: string; readonly bytes: number }[] {
  const { SUCCEEDED } = parsed('manifest', manifest, body).ResultFiles;
  return SUCCEEDED.map(({ Key, Size }) => ({ key: Key, bytes: Size }));
}

/** Adds up the outcomes of files of results. Rejects with `FilesError` `FILES_DAMAGED`. */
export async function sumResults(bodies: AsyncIterable<Uint8Array>): Promise<ResultSums> {
  const sums = { protected: 0, refused: 0, taken: 0, absent: 0, before: 0, rows: 0, values: 0, rejected: 0 };
  const refusals = new Map<string, number>();
  for await (const body of bodies) {
    for (const { Output } of parsed('list of results', executions, body)) {
      const { is, rows, values, rejected, refusal, repeated } = parsed('list of results', outcome, Buffer.from(Output));
      sums[is]++;
      if (repeated) sums.before++;
      if (refusal !== undefined) refusals.set(refusal.code, (refusals.get(refusal.code) ?? 0) + 1);
      if (is !== 'protected') continue;
      sums.rows += rows;
      sums.values += values;
      sums.rejected += rejected;
    }
  }
  return { ...sums, refusals: Object.fromEntries(refusals) };
}

function parsed<T extends z.ZodType>(what: string, schema: T, body: Uint8Array): z.output<T> {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(body).toString());
  } catch {
    document = undefined;
  }
  const found = schema.safeParse(document);
  if (found.success) return found.data;
  throw new FilesError('FILES_DAMAGED', `The ${what} of the run is not as Step Functions writes it`);
}
