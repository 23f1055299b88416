import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import { checkProof, proveRecord, type RecordProof, type WhichRecord } from '../../../lib/evidence/prove.ts';
import { parseRecordId } from '../../../lib/evidence/record-id.ts';
import { isoTime } from '../../../lib/transparency/findings.ts';
import { CliError } from '../failure.ts';
import { readKeyList } from '../key-list-file.ts';
import { objectsAt, readBytes } from '../log-location.ts';
import { count, print, quantity, styled } from '../output.ts';
import { type Workspace, workspace } from '../workspace.ts';

export interface AuditProveOptions {
  readonly dir: string;
  readonly log?: string;
  readonly keys?: string;
  readonly out?: string;
  readonly check?: string;
  readonly json?: boolean;
}

/** `protector audit prove`: rejects with `CLI_BAD` when there is no such record, or when a proof does not hold. */
export async function auditProve(record: string | undefined, options: AuditProveOptions): Promise<void> {
  if ((record === undefined) === (options.check === undefined)) {
    throw new CliError('CLI_USAGE', 'Either a record is proved, or a proof is checked with --check <file>');
  }
  const ws = workspace(options.dir);
  const keys = await readKeyList(keyListOf(options, ws));
  if (options.check !== undefined) {
    const { fault, ...proof } = checkProof(await readBytes(options.check), keys);
    if (options.json === true) print(JSON.stringify({ valid: fault === undefined, fault, ...toJson(proof) }));
    else if (fault === undefined) show(proof);
    if (fault !== undefined) throw new CliError('CLI_BAD', `${fault}: the proof does not hold`);
    return;
  }
  const log = options.log ?? ws.log;
  const proof = await proveRecord(objectsAt(log), keys, whichRecord(record!));
  if (proof === undefined) throw new CliError('CLI_BAD', `${log} has no such record under its newest checkpoint`);
  if (options.out !== undefined) await write(options.out, proof.text);
  if (options.json === true) print(JSON.stringify({ proof: proof.text, ...toJson(proof) }));
  else if (options.out === undefined) process.stdout.write(proof.text);
  else
    print(
      `${styled('green', '✓')} ${options.out}: leaf ${count(proof.index)}, checkpoint of ${quantity(proof.checkpoint.size, 'record')}`,
    );
}

function keyListOf({ keys }: AuditProveOptions, ws: Workspace): string {
  if (keys !== undefined) return keys;
  if (existsSync(ws.keyList)) return ws.keyList;
  throw new CliError(
    'CLI_USAGE',
    `There is no key list in ${ws.dir}: run "protector audit seal" first, or give --keys`,
  );
}

/** A leaf's number, or `<chain id>:<number>`. */
function whichRecord(text: string): WhichRecord {
  if (/^\d+$/.test(text)) return Number(text);
  const id = parseRecordId(text);
  if (id === undefined)
    throw new CliError('CLI_USAGE', 'A record is named by <chain id>:<number>, or by the number of its leaf');
  return id;
}

function show({ index, checkpoint, record }: Omit<RecordProof, 'text'>): void {
  const time = checkpoint.time === undefined ? '' : ` of ${isoTime(checkpoint.time)}`;
  print(
    `${styled('green', '✓ proved')}  leaf ${count(index)} of ${count(checkpoint.size)} under checkpoint ${checkpoint.number ?? ''}${time}, ${checkpoint.origin}`,
  );
  print(record);
}

function toJson({ index, checkpoint, record }: Omit<RecordProof, 'text'>): object {
  return { index, record, checkpoint: { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') } };
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be written (${errorCode(error)})`);
  }
}
