// The files of a draft. None is overwritten.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { renderScript } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import { protectingSql } from '../../../lib/discovery/protecting-sql.ts';
import { CliError } from '../core/exit.ts';
import { writeSchemas } from '../documents/schemas.ts';
import { PLACEHOLDERS } from '../sql/placeholders.ts';
import type { SampledPolicy } from './draft.ts';

export const DRAFT_FILES = {
  policy: 'policy.yaml',
  tests: 'policy.tests.yaml',
  mapping: 'mapping.json',
  redshift: 'redshift.sql',
  snowflake: 'snowflake.sql',
  protect: 'protect.sql',
} as const;

export type DraftFile = keyof typeof DRAFT_FILES;

/** A file of a draft, and whether it was written or was there. */
export interface WrittenFile {
  readonly file: DraftFile;
  readonly path: string;
  readonly isMade: boolean;
}

/** Throws `CliError` where a file of a draft, or a policy in another form, is there already. */
export function requireFree(directory: string): void {
  const names = [...Object.values(DRAFT_FILES), 'policy.json', 'policy.yml', 'mapping.yaml', 'mapping.yml'];
  const taken = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (taken !== undefined)
    throw new CliError(
      'CLI_USAGE',
      `${taken} exists and is not overwritten: choose another directory, or move it away`,
    );
}

/** Writes the files of a draft that are not there, and the schemas for editors. */
export async function writeDraft(directory: string, { policy, draft, samples }: SampledPolicy): Promise<WrittenFile[]> {
  const { document, yaml, tests } = policy;
  const redshift = redshiftScript(document, {}, PLACEHOLDERS.redshift);
  const texts: Record<DraftFile, string> = {
    policy: yaml,
    tests,
    mapping: `${JSON.stringify(redshift.mapping, null, 2)}\n`,
    redshift: renderScript(redshift),
    snowflake: renderScript(snowflakeScript(document, redshift.mapping, PLACEHOLDERS.snowflake)),
    protect: protectingSql(samples, draft.columns),
  };
  await mkdir(directory, { recursive: true });
  await writeSchemas(join(directory, 'schemas'));
  const written = Object.entries(DRAFT_FILES).map(async ([file, name]): Promise<WrittenFile> => {
    const path = join(directory, name);
    const isMade = !existsSync(path);
    if (isMade) await writeFile(path, texts[file as DraftFile], { flag: 'wx' });
    return { file: file as DraftFile, path, isMade };
  });
  return Promise.all(written);
}
