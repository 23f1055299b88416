import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { type Secret, scopeOf } from '../../../lib/base/secret.ts';
import type { KeyList } from '../../../lib/evidence/key-list.ts';
import { checkProof, proveRecord, type RecordProof, type WhichRecord } from '../../../lib/evidence/prove.ts';
import { checkReceipt, receiptOfRecord } from '../../../lib/evidence/receipt.ts';
import { parseRecordId } from '../../../lib/evidence/record-id.ts';
import { isoTime, laterThanNow } from '../../../lib/base/clock.ts';
import { signedByLog } from '../../../lib/transparency/checkpoint.ts';
import type { CheckpointSigner } from '../../../lib/transparency/ports.ts';
import { parseTlogProof } from '../../../lib/transparency/tlog-proof.ts';
import { checkpointSignerInKms } from '../aws/checkpoint-signer.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { objectsAt, readBytes } from '../files/place.ts';
import { count, done, print, printJson, quantity, sayFailure, styled, visible } from '../output/text.ts';
import { readKeyList, readRecordKeys } from '../trail/key-list.ts';
import { newestStamped, timestampRules } from '../trail/timestamps.ts';
import { readWitnessPolicy } from '../trail/witness-policy.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';

/** The record to prove, or the proof to check. */
interface ProofRequest {
  readonly record: string | undefined;
  readonly log: string | undefined;
  readonly keys: string | undefined;
  readonly keyFile: readonly string[] | undefined;
  readonly out: string | undefined;
  readonly check: string | undefined;
  readonly policy: string | undefined;
  readonly format: 'tlog-proof' | 'cose';
  readonly kms: string | undefined;
  readonly timestamp: string | undefined;
  readonly tsa: readonly string[] | undefined;
  /** Epoch milliseconds: what is dated later does not hold. @default - the clock */
  readonly asOfMs: number | undefined;
  readonly json: boolean;
}

/**
 * Writes or checks a proof. The exit code is 1 for a record that is not in the Merkle log, for a checkpoint without the
 * cosignatures of the policy, and for a proof that does not hold.
 */
export async function proveOrCheck(ws: Workspace, request: ProofRequest, io: Io): Promise<ExitCode> {
  const { record, check } = request;
  refuseIdle(request);
  if (record !== undefined && check === undefined) {
    if (request.format === 'cose') return writeReceipt(ws, record, request, io);
    return prove(ws, record, request, io);
  }
  if (record === undefined && check !== undefined) return checkFile(check, await keysFor(ws, request), request, io);
  throw new CliError('CLI_USAGE', 'Either a record is proved, or a proof is checked with --check <file>');
}

/** Refuses options that the request would ignore. Throws `CliError`. */
function refuseIdle({ check, format, log, out, kms, tsa, asOfMs }: ProofRequest): void {
  const isChecked = check !== undefined;
  const needs: readonly (readonly [option: string, value: unknown, isUsed: boolean, needs: string])[] = [
    ['log', log, !isChecked, 'a record to prove, and no --check'],
    ['out', out, !isChecked, 'a record to prove, and no --check'],
    ['kms', kms, !isChecked && format === 'cose', 'a record to prove, and --format cose'],
    ['tsa', tsa, isChecked, '--check, since it says whose timestamps count'],
    ['as-of', asOfMs, isChecked, '--check'],
  ];
  const idle = needs.find(([, value, isUsed]) => value !== undefined && !isUsed);
  if (idle !== undefined) throw new CliError('CLI_USAGE', `--${idle[0]} needs ${idle[3]}`);
}

async function prove(ws: Workspace, record: string, request: ProofRequest, io: Io): Promise<ExitCode> {
  const keys = await keysFor(ws, request);
  const log = request.log ?? ws.merkleLog;
  const { out, json, timestamp } = request;
  const stamped = timestamp === undefined ? undefined : await newestStamped(await objectsAt(log), log);
  const recordKeys = await recordKeysFor(request);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const policy = await readWitnessPolicy(request.policy);
  const reader = stamped?.reader ?? (await objectsAt(log));
  const proof = await proveRecord(reader, keys, whichRecord(record), { recordKeys, policy });
  if (proof === undefined) throw new CliError('CLI_BAD', `${log} has no such record under its newest checkpoint`);
  if (timestamp !== undefined && stamped !== undefined) await write(timestamp, stamped.tokens);
  if (out !== undefined) await write(out, proof.text);
  if (json) printJson(io, { proof: proof.text, ...toJson(proof) });
  else if (out === undefined) io.stdout.write(proof.text);
  else {
    const size = quantity(proof.checkpoint.size, 'record');
    print(io, done(io, `${out}: leaf ${count(proof.index)}, checkpoint of ${size}`));
  }
  return EXIT.ok;
}

/** Writes a receipt, signed with the key of the workspace or a key in KMS. */
async function writeReceipt(ws: Workspace, record: string, request: ProofRequest, io: Io): Promise<ExitCode> {
  const { out, json, timestamp, policy } = request;
  if ((timestamp ?? policy) !== undefined) {
    const what = 'Timestamps and cosignatures are of a checkpoint, and a receipt holds none: write a tlog-proof';
    throw new CliError('CLI_USAGE', what);
  }
  const [keys, signer] = [await keysFor(ws, request), await signerOf(ws, request)];
  const log = request.log ?? ws.merkleLog;
  const recordKeys = await recordKeysFor(request);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const reader = await objectsAt(log);
  const receipt = await receiptOfRecord({ reader, keys, recordKeys, signer, time: nowOf(io) }, whichRecord(record));
  if (receipt === undefined) throw new CliError('CLI_BAD', `${log} has no such record under its newest checkpoint`);
  const { bytes, proof } = receipt;
  if (out !== undefined) await write(out, bytes);
  if (json) printJson(io, { receipt: Buffer.from(bytes).toString('base64'), ...toJson(proof) });
  else if (out === undefined) io.stdout.write(bytes);
  else {
    const size = quantity(proof.checkpoint.size, 'record');
    print(io, done(io, `${out}: receipt of leaf ${count(proof.index)} in a tree of ${size}`));
  }
  return EXIT.ok;
}

function signerOf(ws: Workspace, { kms }: ProofRequest): Promise<CheckpointSigner> {
  return kms === undefined ? insecureLocalCheckpointSigner(ws.checkpointKey) : checkpointSignerInKms(kms);
}

/** Checks a proof or a receipt: a receipt begins with the tag of COSE_Sign1. */
async function checkFile(path: string, keys: KeyList, request: ProofRequest, io: Io): Promise<ExitCode> {
  const recordKeys = await recordKeysFor(request);
  using _ = scopeOf(recordKeys?.values() ?? []);
  const [bytes, policy] = [await readBytes(path), await readWitnessPolicy(request.policy)];
  // Awaited here: the keys are overwritten when this function ends.
  if (bytes[0] === RECEIPT_TAG) return await checkReceiptFile(bytes, keys, recordKeys, request, io);
  const {
    fault: broken,
    cosignatures,
    ...proof
  } = await checkProof(bytes, keys, { recordKeys, policy, now: latestOf(request, io) });
  const witnesses = cosignatures.map(({ key, time }) => ({ name: key.name, time: isoTime(time) }));
  const stamp = await checkTimestamp(bytes, request, latestOf(request, io));
  const fault = broken ?? stamp?.fault;
  if (request.json) {
    const time = stamp?.time === undefined ? undefined : isoTime(stamp.time);
    printJson(io, { ...outcomeOf(fault), ...toJson(proof), ...(policy && { witnesses }), timestamp: time });
  } else if (fault === undefined) show(io, proof, witnesses, stamp?.time);
  if (fault === undefined) return EXIT.ok;
  sayFailure(io, `${fault.kind}: the ${broken === undefined ? 'timestamp' : 'proof'} does not hold. ${fault.detail}`);
  return EXIT.bad;
}

const RECEIPT_TAG = 0xd2;

async function checkReceiptFile(
  bytes: Uint8Array,
  keys: KeyList,
  recordKeys: ReadonlyMap<string, Secret> | undefined,
  request: ProofRequest,
  io: Io,
): Promise<ExitCode> {
  const { json, timestamp, tsa, policy } = request;
  if ((timestamp ?? tsa ?? policy) !== undefined) {
    throw new CliError('CLI_USAGE', 'A receipt holds no checkpoint that has a timestamp or cosignatures');
  }
  const { fault, ...receipt } = await checkReceipt(bytes, keys, { recordKeys, now: latestOf(request, io) });
  if (json) printJson(io, { ...outcomeOf(fault), ...receipt });
  else if (fault === undefined) {
    const { index, size, origin, time } = receipt;
    const place = `leaf ${count(index)} of ${count(size)}, receipt of ${isoTime(time)}, ${origin}`;
    print(io, `${styled(io.stdout, 'green', '✓ proved')}  ${place}`);
    showRecord(io, receipt);
  }
  if (fault === undefined) return EXIT.ok;
  sayFailure(io, `${fault.kind}: the receipt does not hold. ${fault.detail}`);
  return EXIT.bad;
}

/** Verifies the timestamp that was given with a proof; undefined when none was. */
async function checkTimestamp(
  proof: Uint8Array,
  { timestamp, tsa }: ProofRequest,
  now: number,
): Promise<{ readonly time?: number; readonly fault?: Fault } | undefined> {
  if (timestamp === undefined && tsa === undefined) return undefined;
  if (timestamp === undefined || tsa === undefined) {
    throw new CliError('CLI_USAGE', '--check takes --timestamp and --tsa together');
  }
  const { split, verify } = await timestampRules(tsa, { withinS: 0 });
  const checkpoint = signedByLog(Buffer.from(parseTlogProof(proof).checkpoint));
  const verdicts = await Promise.all(split(await readBytes(timestamp)).map((token) => verify(token, checkpoint)));
  const verdict = verdicts.find((each) => 'time' in each) ?? verdicts[0]!;
  if (!('time' in verdict)) return { fault: { kind: verdict.fault, detail: verdict.detail } };
  const later = laterThanNow(verdict.time, now);
  return later === undefined ? verdict : { fault: { kind: 'later-than-now', detail: later } };
}

/** Returns the time after which nothing in a proof may be dated, epoch seconds. */
function latestOf({ asOfMs }: ProofRequest, io: Io): number {
  return Math.max(nowOf(io), Math.floor((asOfMs ?? 0) / 1000));
}

/** Returns the time of the clock, epoch seconds. */
function nowOf(io: Io): number {
  return Math.floor(io.nowMs() / 1000);
}

interface Fault {
  readonly kind: string;
  readonly detail: string;
}

function outcomeOf(fault: Fault | undefined): object {
  return { valid: fault === undefined, fault: fault?.kind, detail: fault?.detail };
}

async function recordKeysFor({ keyFile }: ProofRequest): Promise<ReadonlyMap<string, Secret> | undefined> {
  return keyFile && readRecordKeys(keyFile);
}

/** Reads the key list that was named, or else that of the workspace. */
function keysFor(ws: Workspace, { keys }: ProofRequest): Promise<KeyList> {
  if (keys !== undefined) return readKeyList(keys);
  if (existsSync(ws.keyList)) return readKeyList(ws.keyList);
  requireWorkspace(ws);
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
  proof: Omit<RecordProof, 'text'>,
  witnesses: readonly { readonly name: string; readonly time: string }[],
  stampedAt: number | undefined,
): void {
  const { index, checkpoint } = proof;
  const time = checkpoint.time === undefined ? '' : ` of ${isoTime(checkpoint.time)}`;
  print(
    io,
    `${styled(io.stdout, 'green', '✓ proved')}  leaf ${count(index)} of ${count(checkpoint.size)} under checkpoint ${checkpoint.number ?? ''}${time}, ${checkpoint.origin}`,
  );
  for (const { name, time: at } of witnesses) print(io, `  cosigned by ${visible(name)} at ${at}`);
  if (stampedAt !== undefined) print(io, `  It existed at ${isoTime(stampedAt)}, by a timestamp authority.`);
  showRecord(io, proof);
}

function showRecord(io: Io, { record, checksum }: Pick<RecordProof, 'record' | 'checksum'>): void {
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

async function write(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be written (${errorCode(error)})`);
  }
}
