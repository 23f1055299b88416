import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import { type Secret, scopeOf } from '../../../lib/base/secret.ts';
import type { KeyList } from '../../../lib/evidence/key-list.ts';
import { checkProof, proveRecord, type RecordProof, type WhichRecord } from '../../../lib/evidence/prove.ts';
import { parseRecordId } from '../../../lib/evidence/record-id.ts';
import { isoTime } from '../../../lib/base/clock.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { objectsAt, readBytes } from '../files/place.ts';
import { count, done, print, printJson, quantity, sayFailure, styled, visible } from '../output/text.ts';
import { readKeyList, readRecordKeys } from '../trail/key-list.ts';
import { readWitnessPolicy } from '../trail/witness-policy.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The record to prove, or the proof to check. */
interface ProofRequest {
  readonly record: string | undefined;
  readonly log: string | undefined;
  readonly keys: string | undefined;
  readonly keyFile: readonly string[] | undefined;
  readonly out: string | undefined;
  readonly check: string | undefined;
  readonly policy: string | undefined;
  readonly json: boolean;
}

/** Writes or checks a proof. The exit code is 1 for a record that is not in the Merkle log, and for a proof that does not hold. */
export async function proveOrCheck(ws: Workspace, request: ProofRequest, io: Io): Promise<ExitCode> {
  const { record, check } = request;
  if (record !== undefined && check === undefined) return prove(ws, record, request, io);
  if (record === undefined && check !== undefined) return checkFile(check, await keysFor(ws, request), request, io);
  throw new CliError('CLI_USAGE', 'Either a record is proved, or a proof is checked with --check <file>');
}

async function prove(ws: Workspace, record: string, request: ProofRequest, io: Io): Promise<ExitCode> {
  const keys = await keysFor(ws, request);
  const log = request.log ?? ws.merkleLog;
  const recordKeys = await recordKeysFor(request);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const proof = await proveRecord(await objectsAt(log), keys, whichRecord(record), recordKeys);
  if (proof === undefined) throw new CliError('CLI_BAD', `${log} has no such record under its newest checkpoint`);
  const { out, json } = request;
  if (out !== undefined) await write(out, proof.text);
  if (json) printJson(io, { proof: proof.text, ...toJson(proof) });
  else if (out === undefined) io.stdout.write(proof.text);
  else {
    const size = quantity(proof.checkpoint.size, 'record');
    print(io, done(io, `${out}: leaf ${count(proof.index)}, checkpoint of ${size}`));
  }
  return EXIT.ok;
}

async function checkFile(path: string, keys: KeyList, request: ProofRequest, io: Io): Promise<ExitCode> {
  const policy = await readWitnessPolicy(request.policy);
  const recordKeys = await recordKeysFor(request);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const { fault, cosignatures, ...proof } = checkProof(await readBytes(path), keys, { recordKeys, policy });
  const witnesses = cosignatures.map(({ key, time }) => ({ name: key.name, time: isoTime(time) }));
  if (request.json) {
    const verdict = { valid: fault === undefined, fault: fault?.kind, detail: fault?.detail };
    printJson(io, { ...verdict, ...toJson(proof), ...(policy && { witnesses }) });
  } else if (fault === undefined) show(io, proof, witnesses);
  if (fault === undefined) return EXIT.ok;
  sayFailure(io, `${fault.kind}: the proof does not hold. ${fault.detail}`);
  return EXIT.bad;
}

async function recordKeysFor({ keyFile }: ProofRequest): Promise<ReadonlyMap<string, Secret> | undefined> {
  return keyFile && readRecordKeys(keyFile);
}

/** Reads the key list that was named, or else that of the workspace. */
function keysFor(ws: Workspace, { keys }: ProofRequest): Promise<KeyList> {
  if (keys !== undefined) return readKeyList(keys);
  if (existsSync(ws.keyList)) return readKeyList(ws.keyList);
  throw new CliError(
    'CLI_USAGE',
    `There is no key list in ${ws.dir}: run "protector audit seal" first, or give --keys`,
  );
}

/** Parses the number of a leaf, or `<chain id>:<number>`. Throws `CliError`. */
function whichRecord(text: string): WhichRecord {
  if (/^\d+$/.test(text)) return Number(text);
  const id = parseRecordId(text);
  if (id === undefined)
    throw new CliError('CLI_USAGE', 'A record is named by <chain id>:<number>, or by the number of its leaf');
  return id;
}

function show(
  io: Io,
  { index, checkpoint, record, checksum }: Omit<RecordProof, 'text'>,
  witnesses: readonly { readonly name: string; readonly time: string }[],
): void {
  const time = checkpoint.time === undefined ? '' : ` of ${isoTime(checkpoint.time)}`;
  print(
    io,
    `${styled(io.stdout, 'green', '✓ proved')}  leaf ${count(index)} of ${count(checkpoint.size)} under checkpoint ${checkpoint.number ?? ''}${time}, ${checkpoint.origin}`,
  );
  for (const { name, time: at } of witnesses) print(io, `  cosigned by ${visible(name)} at ${at}`);
  print(io, visible(record));
  const what =
    'No record key was given (--key-file), so the checksum of the record was not checked: it was sealed as it is.';
  print(io, styled(io.stdout, 'dim', `  ${checksum === 'verified' ? 'The checksum of the record holds.' : what}`));
}

function toJson({ index, checkpoint, record, checksum }: Omit<RecordProof, 'text'>): object {
  return {
    index,
    record,
    checksum,
    checkpoint: { ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') },
  };
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be written (${errorCode(error)})`);
  }
}
