import { join } from 'node:path';
import { SIGNATURE_FILE } from '../../../lib/contract/policy-agent.ts';
import { NAMESPACES, releaseStatement } from '../../../lib/publication/gate.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { replaceFile } from '../files/replace.ts';
import { print, printJson, styled } from '../output/text.ts';
import { readReleaseFiles } from '../release/files.ts';
import { signWithSsh } from '../release/ssh-keygen.ts';

/** Writes the author's signature of the release in `folder` beside its files. */
export async function signRelease(folder: string, key: string, json: boolean, io: Io): Promise<ExitCode> {
  const statement = releaseStatement(await readReleaseFiles(folder));
  const file = join(folder, SIGNATURE_FILE);
  await replaceFile(file, await signWithSsh(key, NAMESPACES.author, statement), 0o644);
  if (json) printJson(io, { file, statement });
  else {
    print(io, `${styled(io.stdout, 'green', '✓')} ${file} signs`);
    print(io, statement.trimEnd());
  }
  return EXIT.ok;
}
