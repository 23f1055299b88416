import { existsSync } from 'node:fs';
import { formatKeyList, type KeyList } from '../../../lib/evidence/key-list.ts';
import { isoTime } from '../../../lib/transparency/findings.ts';
import { noteKey, type NoteKey, parseVerifierKey } from '../../../lib/transparency/note.ts';
import { CliError } from '../failure.ts';
import { ensureKeyList, readKeyList, rotateCheckpointKey, rotateRecordKey, writeKeyList } from '../key-list-file.ts';
import { print, table } from '../output.ts';
import { workspace } from '../workspace.ts';

export interface AuditKeysOptions {
  readonly dir: string;
  readonly keys?: string;
  readonly json?: boolean;
}

/** `protector audit keys list` */
export async function auditKeysList(options: AuditKeysOptions): Promise<void> {
  const ws = workspace(options.dir);
  const list = options.keys === undefined ? await ensureKeyList(ws) : await readKeyList(options.keys);
  show(list, options);
}

/** `protector audit keys rotate`: from now on, another key. What was signed before stays verifiable. */
export async function auditKeysRotate(what: 'records' | 'checkpoints', options: AuditKeysOptions): Promise<void> {
  const ws = workspace(options.dir);
  const now = Math.floor(Date.now() / 1000);
  show(await (what === 'records' ? rotateRecordKey(ws, now) : rotateCheckpointKey(ws, now)), options);
}

export interface AuditKeysAddOptions extends AuditKeysOptions {
  readonly keys: string;
  readonly kms?: string;
  readonly origin?: string;
  readonly verifierKey?: string;
  readonly recordKeyId?: string;
  readonly from?: Date;
  readonly until?: Date;
}

/** `protector audit keys add`: writes a key of a deployment into a list, and makes the list when there is none. */
export async function auditKeysAdd(options: AuditKeysAddOptions): Promise<void> {
  const { keys, recordKeyId, from, until } = options;
  const given = [options.kms, options.verifierKey, recordKeyId].filter((each) => each !== undefined);
  if (given.length !== 1) throw new CliError('CLI_USAGE', 'One of --kms, --verifier-key and --record-key-id is needed');
  const use = {
    ...(from === undefined ? {} : { from: Math.floor(from.getTime() / 1000) }),
    ...(until === undefined ? {} : { until: Math.floor(until.getTime() / 1000) }),
  };
  const before = existsSync(keys) ? await readKeyList(keys) : undefined;
  const added = recordKeyId === undefined ? await checkpointKey(options, before) : undefined;
  const origin = before?.origin ?? added?.name ?? options.origin;
  if (origin === undefined) throw new CliError('CLI_USAGE', 'A new key list needs --origin, the name of the log');
  if (added !== undefined && added.name !== origin) {
    throw new CliError('CLI_USAGE', `${keys} is the list of ${origin}, and the key is one of ${added.name}`);
  }
  const { checkpointKeys = [], recordKeys = [] } = before ?? {};
  const list: KeyList = {
    origin,
    checkpointKeys:
      added === undefined
        ? checkpointKeys
        : [...checkpointKeys.filter(({ key }) => key.id !== added.id), { key: added, ...use }],
    recordKeys:
      recordKeyId === undefined
        ? recordKeys
        : [...recordKeys.filter(({ keyId }) => keyId !== recordKeyId), { keyId: recordKeyId, ...use }],
  };
  await writeKeyList(keys, list);
  show(list, options);
}

async function checkpointKey(options: AuditKeysAddOptions, before: KeyList | undefined): Promise<NoteKey> {
  if (options.verifierKey !== undefined) return parseVerifierKey(options.verifierKey);
  const origin = options.origin ?? before?.origin;
  if (origin === undefined) throw new CliError('CLI_USAGE', '--kms needs --origin, the name of the log');
  // Loaded when it is needed: the SDK takes longer to load than most commands to run.
  const [{ kmsCheckpointSigner }, { kmsClient }] = await Promise.all([
    import('../../../lib/adapters/kms/checkpoint-signer.ts'),
    import('../../../lib/adapters/kms/client.ts'),
  ]);
  const { publicKey } = await kmsCheckpointSigner({ client: kmsClient(), keyId: options.kms! });
  return noteKey(origin, publicKey);
}

function show(list: KeyList, { json }: AuditKeysOptions): void {
  if (json === true) {
    process.stdout.write(formatKeyList(list));
    return;
  }
  const rows = [
    ...list.checkpointKeys.map(({ key, ...times }) => ['checkpoints', key.id, key.algorithm, ...period(times)]),
    ...list.recordKeys.map(({ keyId, ...times }) => ['records', keyId, 'hmac-sha256', ...period(times)]),
  ];
  print(`Log ${list.origin}`);
  print(table(['key for', 'id', 'algorithm', 'from', 'until'], rows));
}

function period({ from, until }: { from?: number | undefined; until?: number | undefined }): readonly string[] {
  return [from, until].map((time) => (time === undefined ? '' : isoTime(time)));
}
