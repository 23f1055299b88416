// The files of a witness on a laptop.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { membersOf } from '../../../lib/base/json.ts';
import { type WitnessKey, witnessKey } from '../../../lib/transparency/cosignature.ts';
import type { CheckpointSigner } from '../../../lib/transparency/ports.ts';
import { CliError } from '../core/exit.ts';

/** The files of a witness, in its directory. */
export interface WitnessFiles {
  /** Secret. */
  readonly key: string;
  /** Public: `{"name", "verifier_key"}`. */
  readonly about: string;
  /** What it has cosigned. */
  readonly state: string;
}

export function witnessFiles(dir: string): WitnessFiles {
  return {
    key: join(dir, 'insecure-witness-key.json'),
    about: join(dir, 'witness.json'),
    state: join(dir, 'cosigned'),
  };
}

/** Reads name and key of a witness. Rejects with `CliError`, also when the one is not of the other, or `LogError`. */
export async function readWitness(
  files: WitnessFiles,
): Promise<{ readonly key: WitnessKey; readonly signer: CheckpointSigner }> {
  const { name, verifier_key: verifierKey } = await readAbout(files.about);
  const signer = await insecureLocalCheckpointSigner(files.key);
  const key = typeof name === 'string' ? witnessKey(name, signer.publicKey) : undefined;
  if (key === undefined || key.verifierKey !== verifierKey) {
    throw new CliError('CLI_USAGE', `${files.about} is not about the key in ${files.key}`);
  }
  return { key, signer };
}

async function readAbout(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return membersOf(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const code = error instanceof SyntaxError ? 'not JSON' : errorCode(error);
    throw new CliError('CLI_USAGE', `${path} cannot be read (${code}): run "protector witness keygen" first`);
  }
}
