// A draft of a policy, from samples of files and queries.
import { randomUUID } from 'node:crypto';
import { type Draft, type DraftPolicy, draftPolicy } from '../../../lib/discovery/draft.ts';
import type { Io } from '../core/io.ts';
import { drawSamples, type Sample } from '../sql/sample.ts';

/** Rows of a sample. */
export const SAMPLE_ROWS = 10_000;

export interface SampledDraft {
  readonly draft: Draft;
  readonly samples: readonly Sample[];
}

/** A draft that has a policy: some column needs an element. */
export interface SampledPolicy extends SampledDraft {
  readonly policy: DraftPolicy;
}

/** Samples the sources and drafts a policy for them. `name`: of the policy and of its data store. Rejects with `CliError`. */
export async function draftFrom(
  sources: readonly string[],
  { rows, name }: { readonly rows: number; readonly name: string | undefined },
  io: Pick<Io, 'at'>,
): Promise<SampledDraft> {
  const samples = await drawSamples(sources, rows, io);
  return { draft: draftPolicy(samples, { name: name ?? policyName(samples), newId: randomUUID }), samples };
}

/** Names of policies have 55 characters at most. */
function policyName(samples: readonly Sample[]): string {
  return Array.from(samples[0]!.name).slice(0, 55).join('');
}
