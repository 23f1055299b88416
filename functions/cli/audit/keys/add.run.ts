import { existsSync } from 'node:fs';
import type { KeyList } from '../../../../lib/evidence/key-list.ts';
import { noteKey, type NoteKey, parseVerifierKey } from '../../../../lib/transparency/note.ts';
import { checkpointSignerInKms } from '../../aws/checkpoint-signer.ts';
import { CliError, EXIT, type ExitCode } from '../../core/exit.ts';
import type { Io } from '../../core/io.ts';
import { readKeyList, writeKeyList } from '../../trail/key-list.ts';
import { printKeyList } from './print.ts';

/** A key of a deployment: one of `kms`, `verifierKey` and `recordKeyId`, and when it was in use. */
interface AddedKey {
  readonly kms: string | undefined;
  readonly verifierKey: string | undefined;
  readonly recordKeyId: string | undefined;
  readonly origin: string | undefined;
  readonly from: Date | undefined;
  readonly until: Date | undefined;
  /** The longest time between two checkpoints of the log, seconds. */
  readonly every: number | undefined;
}

/** Writes a key of a deployment into a list. Makes the list where there is none. */
export async function addAuditKey(path: string, added: AddedKey, json: boolean, io: Io): Promise<ExitCode> {
  const { kms, verifierKey, recordKeyId, from, until, every } = added;
  if ([kms, verifierKey, recordKeyId].filter((each) => each !== undefined).length !== 1) {
    throw new CliError('CLI_USAGE', 'One of --kms, --verifier-key and --record-key-id is needed');
  }
  const use = {
    ...(from !== undefined && { from: seconds(from) }),
    ...(until !== undefined && { until: seconds(until) }),
  };
  const before = existsSync(path) ? await readKeyList(path) : undefined;
  const key = recordKeyId === undefined ? await checkpointKey(added, before) : undefined;
  const origin = before?.origin ?? key?.name ?? added.origin;
  if (origin === undefined) throw new CliError('CLI_USAGE', 'A new key list needs --origin, the name of the log');
  if (key !== undefined && key.name !== origin) {
    throw new CliError('CLI_USAGE', `${path} is the list of ${origin}, and the key is one of ${key.name}`);
  }
  const { checkpointKeys = [], recordKeys = [] } = before ?? {};
  const list: KeyList = {
    origin,
    checkpointEveryS: every ?? before?.checkpointEveryS,
    checkpointKeys:
      key === undefined
        ? checkpointKeys
        : [...checkpointKeys.filter((each) => each.key.id !== key.id), { key, ...use }],
    recordKeys:
      recordKeyId === undefined
        ? recordKeys
        : [...recordKeys.filter(({ keyId }) => keyId !== recordKeyId), { keyId: recordKeyId, ...use }],
  };
  await writeKeyList(path, list);
  printKeyList(io, list, json);
  return EXIT.ok;
}

async function checkpointKey(
  { kms, verifierKey, origin: named }: AddedKey,
  before: KeyList | undefined,
): Promise<NoteKey> {
  if (verifierKey !== undefined) return parseVerifierKey(verifierKey);
  const origin = named ?? before?.origin;
  if (origin === undefined) throw new CliError('CLI_USAGE', '--kms needs --origin, the name of the log');
  const { publicKey } = await checkpointSignerInKms(kms!);
  return noteKey(origin, publicKey);
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
