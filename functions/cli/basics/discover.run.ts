// From samples of data to a draft: what the columns hold, the policy, its tests, and the SQL that uses it.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { renderScript } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import {
  type Draft,
  type DraftColumn,
  draftPolicy,
  type DraftPolicy,
  outcomeLines,
} from '../../../lib/discovery/draft.ts';
import { protectingSql } from '../../../lib/discovery/protecting-sql.ts';
import { KIND_TABLE, type KindTraits } from '../../../lib/discovery/kinds/table.ts';
import { refusedRows } from '../../../lib/discovery/propose.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { writeSchemas } from '../documents/schemas.ts';
import { table } from '../output/table.ts';
import { count, done, print, printJson, quantity, say, styled, visible } from '../output/text.ts';
import { PLACEHOLDERS } from '../sql/placeholders.ts';
import { drawSamples, type Sample } from '../sql/sample.ts';

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
  const samples = await drawSamples(sources, options.rows, io);
  const draft = draftPolicy(samples, { name: options.name ?? policyName(samples), newId: randomUUID });
  const files =
    out === undefined || draft.policy === undefined ? [] : await writeDraft(out, draft.policy, draft, samples);
  if (json) printJson(io, jsonOf(draft, samples, files));
  else printDraft(io, draft, samples, files, out);
  return EXIT.ok;
}

/** Names of policies have 55 characters at most. */
function policyName(samples: readonly Sample[]): string {
  return Array.from(samples[0]!.name).slice(0, 55).join('');
}

const FILES = {
  policy: 'policy.yaml',
  tests: 'policy.tests.yaml',
  mapping: 'mapping.json',
  redshift: 'redshift.sql',
  snowflake: 'snowflake.sql',
  protect: 'protect.sql',
} as const;

/** Throws `CliError` where a file of the draft, or a policy in another form, is there already. */
function requireFree(directory: string): void {
  const names = [...Object.values(FILES), 'policy.json', 'policy.yml', 'mapping.yaml', 'mapping.yml'];
  const taken = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (taken !== undefined)
    throw new CliError('CLI_USAGE', `${taken} exists and is not overwritten: choose another --out, or move it away`);
}

async function writeDraft(
  directory: string,
  { document, yaml, tests }: DraftPolicy,
  draft: Draft,
  samples: readonly Sample[],
) {
  const redshift = redshiftScript(document, {}, PLACEHOLDERS.redshift);
  const texts: Record<keyof typeof FILES, string> = {
    policy: yaml,
    tests,
    mapping: `${JSON.stringify(redshift.mapping, null, 2)}\n`,
    redshift: renderScript(redshift),
    snowflake: renderScript(snowflakeScript(document, redshift.mapping, PLACEHOLDERS.snowflake)),
    protect: protectingSql(samples, draft.columns),
  };
  await mkdir(directory, { recursive: true });
  await writeSchemas(join(directory, 'schemas'));
  const written = Object.entries(FILES).map(async ([file, name]) => {
    const path = join(directory, name);
    await writeFile(path, texts[file as keyof typeof FILES], { flag: 'wx' });
    return path;
  });
  return Promise.all(written);
}

function printDraft(
  io: Io,
  draft: Draft,
  samples: readonly Sample[],
  files: readonly string[],
  out: string | undefined,
): void {
  for (const { name, rows } of samples) {
    const own = draft.columns.filter((column) => column.table === name);
    print(io, styled(io.stdout, 'bold', `${visible(name)}: a sample of ${quantity(rows, 'row')}`));
    print(io, table(io.stdout, ['column', 'holds', 'sure', 'element', 'of the sample'], own.map(rowOf)));
    print(io);
  }
  if (out === undefined) {
    for (const column of draft.columns) printReasons(io, column);
    say(
      io,
      draft.policy === undefined
        ? 'No column needs an element: there is no policy to draft'
        : 'Add --out <dir> to write the policy',
    );
    return;
  }
  if (files.length === 0)
    return say(io, 'No column needs an element: there is no policy to draft, and nothing is written');
  for (const file of files) print(io, done(io, file));
  say(io, `Read the reasons in ${FILES.policy}, replace its users, then: protector policy check --dir ${out}`);
}

function rowOf(column: DraftColumn): string[] {
  const { finding, element, elementName } = column;
  const { title }: KindTraits = KIND_TABLE[finding.kind];
  return [
    column.column.name,
    finding.number?.title ?? title,
    finding.sure,
    elementName ?? 'left in clear',
    outcomeOf(column, element),
  ];
}

function outcomeOf(column: DraftColumn, element: DraftColumn['element']): string {
  if (element === undefined) return '';
  const { rows, weak, clear } = element.trial;
  const refused = refusedRows(column);
  const parts = [
    ...(refused === 0 ? [] : [`${count(refused)} refused`]),
    ...(clear === 0 ? [] : [`${count(clear)} clear`]),
    ...(weak === 0 ? [] : [`${count(weak)} weak`]),
  ];
  return parts.length === 0 ? `all ${count(rows)} protected` : `${parts.join(', ')} of ${count(rows)}`;
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

function jsonOf(draft: Draft, samples: readonly Sample[], files: readonly string[]) {
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
