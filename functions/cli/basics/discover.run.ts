// From samples of data to a draft: what the columns hold, the policy, its tests, and the SQL that uses it.
import { type DraftColumn, outcomeLines } from '../../../lib/discovery/draft.ts';
import { KIND_TABLE, type KindTraits } from '../../../lib/discovery/kinds/table.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { draftFrom, type SampledDraft } from '../discovery/draft.ts';
import { DRAFT_FILES, requireFree, writeDraft } from '../discovery/files.ts';
import { printColumns } from '../discovery/report.ts';
import { done, print, printJson, say, styled, visible } from '../output/text.ts';

export interface DiscoverOptions {
  readonly rows: number;
  readonly name: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** Samples the sources, drafts a policy for them and says why. Writes files only into `out`. */
export async function discoverData(sources: readonly string[], options: DiscoverOptions, io: Io): Promise<ExitCode> {
  const { out, json } = options;
  if (out !== undefined) requireFree(out);
  const found = await draftFrom(sources, options, io);
  const { policy } = found.draft;
  const written = out === undefined || policy === undefined ? [] : await writeDraft(out, { ...found, policy });
  const files = written.map(({ path }) => path);
  if (json) printJson(io, jsonOf(found, files));
  else printDraft(io, found, files, out);
  return EXIT.ok;
}

function printDraft(io: Io, found: SampledDraft, files: readonly string[], out: string | undefined): void {
  const { draft } = found;
  printColumns(io, found);
  if (out === undefined) {
    for (const column of draft.columns) printReasons(io, column);
    say(
      io,
      draft.policy === undefined
        ? 'No column needs an element: there is no policy to draft'
        : 'Add --out <dir> to write the policy, or run "protector init --from" with the same files',
    );
    return;
  }
  if (files.length === 0)
    return say(io, 'No column needs an element: there is no policy to draft, and nothing is written');
  for (const file of files) print(io, done(io, file));
  say(io, `Read the reasons in ${DRAFT_FILES.policy}, replace its users, then: protector init --dir ${out}`);
}

function printReasons(io: Io, { table: place, column, finding, element }: DraftColumn): void {
  const { leftAlone }: KindTraits = KIND_TABLE[finding.kind];
  print(io, styled(io.stdout, 'bold', visible(`${place}.${column.name}`)));
  const lines = [
    ...finding.why,
    ...(element === undefined ? [leftAlone ?? ''] : [...element.why, ...outcomeLines(element)]),
  ];
  for (const line of lines.filter((each) => each !== '')) print(io, `  ${line[0]!.toUpperCase()}${line.slice(1)}`);
}

function jsonOf({ draft, samples }: SampledDraft, files: readonly string[]) {
  return {
    tables: samples.map(({ name, rows }) => ({
      name,
      rows,
      columns: draft.columns.filter((column) => column.table === name).map(jsonColumn),
    })),
    ...(draft.policy !== undefined && { policy: draft.policy.document }),
    files,
  };
}

function jsonColumn({ column, finding, element, elementName }: DraftColumn) {
  const { kind, number, sure, share, why } = finding;
  const { leftAlone }: KindTraits = KIND_TABLE[kind];
  return {
    name: column.name,
    type: column.type,
    kind,
    ...(number !== undefined && { number: number.title, country: number.country }),
    sure,
    share,
    why,
    ...(element === undefined
      ? { leftAlone }
      : { element: elementName, options: element.options, choice: element.why, trial: element.trial }),
  };
}
