// The witnesses of a log, from a policy file.
import { readFile } from 'node:fs/promises';
import { httpWitness } from '../../../lib/adapters/http/witness.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { WITNESS_BUDGET_MS } from '../../../lib/contract/log-sealer.ts';
import { Cosigners } from '../../../lib/transparency/cosigning.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { CliError } from '../core/exit.ts';

/** Reads a policy. Rejects with `CliError`, or `LogError` for a file that is none; undefined without a file. */
export async function readWitnessPolicy(path: string | undefined): Promise<WitnessPolicy | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `The policy ${path} cannot be read (${errorCode(error)})`);
  }
  return parseWitnessPolicy(text);
}

/** Returns what asks the witnesses of a policy that have a URL. Throws `CliError` for a URL that cannot be used. */
export function cosignersOf({ witnesses }: WitnessPolicy): Cosigners {
  const cosigners = witnesses.flatMap(({ name, key, url }) => {
    if (url === undefined) return [];
    try {
      return [{ key, client: httpWitness({ url: new URL(url), timeoutMs: WITNESS_BUDGET_MS }) }];
    } catch {
      throw new CliError('CLI_USAGE', `The URL of witness ${name} must be https://… (http:// only to this machine)`);
    }
  });
  return new Cosigners(cosigners, () => AbortSignal.timeout(WITNESS_BUDGET_MS));
}
