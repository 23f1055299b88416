import { writeFile } from 'node:fs/promises';
import {
  createInsecureLocalCheckpointKey,
  insecureLocalCheckpointSigner,
} from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { witnessKey } from '../../../lib/transparency/cosignature.ts';
import { isKeyName } from '../../../lib/transparency/note.ts';
import { checkpointSignerInKms } from '../aws/checkpoint-signer.ts';
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
  await writeFile(files.about, aboutWitness(name, verifierKey), { flush: true });
  return show(io, name, verifierKey, json);
}

/** Prints the verifier key of a KMS key. */
export async function showKmsKey(keyId: string, name: string, json: boolean, io: Io): Promise<ExitCode> {
  const { publicKey } = await checkpointSignerInKms(keyId);
  return show(io, name, witnessKey(name, publicKey).verifierKey, json);
}

function show(io: Io, name: string, verifierKey: string, json: boolean): ExitCode {
  if (json) io.stdout.write(aboutWitness(name, verifierKey));
  else print(io, verifierKey);
  return EXIT.ok;
}

function aboutWitness(name: string, verifierKey: string): string {
  return `${JSON.stringify({ name, verifier_key: verifierKey })}\n`;
}
