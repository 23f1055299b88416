import { writeFile } from 'node:fs/promises';
import {
  createInsecureLocalCheckpointKey,
  insecureLocalCheckpointSigner,
} from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { witnessKey } from '../../../lib/transparency/cosignature.ts';
import { isKeyName } from '../../../lib/transparency/note.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { print } from '../output/text.ts';
import { witnessFiles } from './files.ts';

/** Makes the key of a witness. Never overwrites one: rejects with `KeyFileError`. */
export async function makeWitnessKey(dir: string, name: string, json: boolean, io: Io): Promise<ExitCode> {
  if (!isKeyName(name)) throw new CliError('CLI_USAGE', 'A name has no blank, no + and no control character');
  const files = witnessFiles(dir);
  await createInsecureLocalCheckpointKey(files.key);
  const { verifierKey } = witnessKey(name, (await insecureLocalCheckpointSigner(files.key)).publicKey);
  const about = `${JSON.stringify({ name, verifier_key: verifierKey })}\n`;
  await writeFile(files.about, about, { flush: true });
  if (json) io.stdout.write(about);
  else print(io, verifierKey);
  return EXIT.ok;
}
