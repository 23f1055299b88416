// The trail and its log: lines, notes, tiles, checkpoints, cosignatures, proofs, receipts, timestamps, key lists.
import { readFileSync } from 'node:fs';
import { MergedWindow } from '../../../lib/audit/merged-window.ts';
import { readLine } from '../../../lib/audit/read-line.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { readEventLine, eventLine } from '../../../lib/events/line.ts';
import { ChainHeads } from '../../../lib/evidence/chain-heads.ts';
import { formatKeyList, parseKeyList } from '../../../lib/evidence/key-list.ts';
import { proveRecord } from '../../../lib/evidence/prove.ts';
import { checkReceipt, receiptOfRecord } from '../../../lib/evidence/receipt.ts';
import { verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { isSshSignatureOf, parseSshSignature } from '../../../lib/crypto/ssh-signature.ts';
import { parseCheckpoint } from '../../../lib/transparency/checkpoint.ts';
import { verifyCosignatures } from '../../../lib/transparency/cosignature.ts';
import { noteKey, parseNote, parseVerifierKey, verifyNote } from '../../../lib/transparency/note.ts';
import { decodePending, encodePending } from '../../../lib/transparency/pending.ts';
import { decodeBundle } from '../../../lib/transparency/tiles.ts';
import { parseCertificates, splitTokens, verifyTimestamp } from '../../../lib/transparency/timestamp.ts';
import { tokenOfReply } from '../../../lib/transparency/timestamp-exchange.ts';
import { parseTlogProof, verifyTlogProof } from '../../../lib/transparency/tlog-proof.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { chainLines, recordKeys } from '../../support/chain-lines.ts';
import { fixedKeys, fixedSigner, ORIGIN, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { CLEAN } from '../../support/rewritten-log.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { timestampFile } from '../../support/timestamps.ts';
import { fixedWitness } from '../../support/witness.ts';
import { type Door, parser, REFUSED, TAKEN } from './door.ts';
import { addCheckpointBody, sampleCheckpoint, sampleLog } from './samples.ts';

const KEYS = fixedKeys();
const NOW = START_MS / 1000 + 60;

/** A door of a function that says in its answer whether it takes the input. */
function asking(
  name: string,
  form: Door['form'],
  seeds: () => Promise<readonly (string | Uint8Array)[]>,
  takes: (input: Buffer) => Promise<boolean> | boolean,
): Door {
  return {
    name,
    form,
    open: async () => ({ seeds: await seeds(), enter: async (input) => ((await takes(input)) ? TAKEN : REFUSED) }),
  };
}

async function isVerified(input: Buffer): Promise<boolean> {
  const note = parseNote(input);
  parseCheckpoint(note.text);
  const { valid, wrong } = await verifyNote(note, [noteKey(ORIGIN, fixedSigner().publicKey)]);
  return valid.length > 0 && wrong.length === 0;
}

async function cosignedNote(): Promise<string> {
  const { witness } = fixedWitness();
  const body = await addCheckpointBody();
  const { body: line } = await witness.addCheckpoint(Buffer.from(body));
  return `${(await sampleCheckpoint()).toString()}${line}`;
}

/** A log and a copy of its records as one JSON object, so that whole objects are removed, repeated and changed. */
async function logAndRecords(): Promise<string> {
  const { store, lines } = await sampleLog();
  const objects = [...store.objects].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')] as const);
  return JSON.stringify({ objects: Object.fromEntries(objects), lines });
}

/** A text as it is, anything else as JSON. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function isIntact(input: Buffer): Promise<boolean> {
  const { objects, lines } = Object(JSON.parse(input.toString())) as Record<string, unknown>;
  const stored = Object.entries(typeof objects === 'object' ? (objects ?? {}) : {}).map(
    ([path, text]) => [path, Buffer.from(textOf(text), 'base64')] as const,
  );
  const records = (Array.isArray(lines) ? (lines as unknown[]) : []).map(textOf);
  const options = { log: { reader: new MemoryTileStore(stored), now: NOW }, keys: KEYS, recordKeys: recordKeys() };
  return (await verifyEvidence({ ...options, records })).valid;
}

async function proof(): Promise<string> {
  const { store } = await sampleLog();
  return (await proveRecord(store, KEYS, 3))!.text;
}

async function receipt(): Promise<Uint8Array> {
  const { store } = await sampleLog();
  return (await receiptOfRecord({ reader: store, keys: KEYS, signer: fixedSigner(), time: NOW }, 3))!.bytes;
}

const STAMPED = CLEAN.get('checkpoints/005')!;
const AUTHORITIES = parseCertificates(timestampFile('root.pem').toString('latin1'));
/** The nonce in test/vectors/timestamps/request.tsq. */
const NONCE = Buffer.from('2ec335a88f9fe211', 'hex');

const RELEASES = JSON.parse(readFileSync(new URL('../../vectors/ssh/signatures.json', import.meta.url), 'utf8')) as {
  readonly message: string;
  readonly namespace: string;
  readonly signatures: readonly { readonly armored: string }[];
};

const WITNESS_POLICY = (): string => {
  const keys = [40, 41].map((seed) => fixedWitness(seed).witness.key.verifierKey);
  const witnesses = keys.map((key, i) => `witness w${i} ${key} https://w${i}.example.com/`);
  return [`log ${KEYS.checkpointKeys[0]!.key.verifierKey}`, ...witnesses, 'group g 1 w0 w1', 'quorum g', ''].join('\n');
};

export const EVIDENCE: readonly Door[] = [
  asking(
    'record line',
    'text',
    async () => chainLines('a', 3),
    (input) => readLine(input.toString()).kind === 'signed',
  ),
  asking(
    'trail',
    'text',
    async () => [(await chainLines('a', 5)).join('\n')],
    async (input) => (await verifyTrail(input.toString().split('\n'), recordKeys())).valid,
  ),
  asking(
    'event line',
    'text',
    () => Promise.resolve([eventLine(securityEvent())]),
    (input) => readEventLine(input.toString()) !== undefined,
  ),
  parser(
    'window state',
    'text',
    async () => {
      const window = new MergedWindow();
      for (const line of await chainLines('a', 4)) window.add(line);
      return [window.toState()];
    },
    (input) => {
      const window = MergedWindow.fromState(input.toString());
      return window.merged().map((record) => JSON.stringify(record)).length + window.toState().length;
    },
  ),
  asking('note', 'text', async () => [await sampleCheckpoint()], isVerified),
  asking(
    'cosignatures',
    'text',
    async () => [await cosignedNote()],
    async (input) => (await verifyCosignatures(parseNote(input), [fixedWitness().witness.key])).valid.length > 0,
  ),
  asking(
    'add-checkpoint',
    'text',
    async () => [await addCheckpointBody()],
    async (input) => (await fixedWitness().witness.addCheckpoint(input)).status === 200,
  ),
  parser(
    'entry bundle',
    'bytes',
    async () => [(await sampleLog()).store.objects.get('tile/entries/000.p/7')!],
    (input) => decodeBundle(input),
  ),
  parser(
    'pending commit',
    'bytes',
    () => {
      const entries = [Buffer.from('one'), Buffer.from('two')];
      return [encodePending({ number: 3, time: NOW, due: NOW + 600, size: 7, root: new Uint8Array(32), entries })];
    },
    (input) => decodePending(input),
  ),
  asking(
    'chain heads',
    'text',
    async () => [(await sampleLog()).store.objects.get('heads.json') ?? '{"size":0,"chains":[]}'],
    (input) => {
      const heads = ChainHeads.parse(input, 7);
      if (heads === undefined) return false;
      const line = readLine('{}');
      heads.add(line.kind === 'signed' ? line : undefined, NOW);
      return [...heads.holes()].length + heads.serialise(NOW).length > 0;
    },
  ),
  asking('log and records', 'json', async () => [await logAndRecords()], isIntact),
  asking(
    'tlog-proof',
    'text',
    async () => [await proof()],
    async (input) => {
      const parsed = parseTlogProof(input);
      if (parsed.extra === undefined) return false;
      return (await verifyTlogProof(parsed, parsed.extra, KEYS.checkpointKeys)).fault === undefined;
    },
  ),
  asking(
    'receipt',
    'bytes',
    async () => [await receipt()],
    async (input) => {
      return (await checkReceipt(input, KEYS, { recordKeys: recordKeys() })).fault === undefined;
    },
  ),
  asking(
    'timestamp',
    'bytes',
    () => Promise.resolve([timestampFile('clean/005')]),
    async (input) => {
      const verdicts = await Promise.all(splitTokens(input).map((one) => verifyTimestamp(one, STAMPED, AUTHORITIES)));
      return verdicts.every((verdict) => 'time' in verdict);
    },
  ),
  parser(
    'timestamp reply',
    'bytes',
    () => [timestampFile('granted.tsr')],
    (input) => tokenOfReply(input, STAMPED, NONCE),
  ),
  parser(
    'certificates',
    'text',
    () => [timestampFile('root.pem'), timestampFile('intermediate.pem')],
    (input) => parseCertificates(input.toString('latin1')),
  ),
  parser(
    'signature of a release',
    'text',
    () => RELEASES.signatures.map(({ armored }) => armored),
    (input) => isSshSignatureOf(parseSshSignature(input.toString()), RELEASES.namespace, RELEASES.message),
  ),
  parser(
    'witness policy',
    'text',
    () => [WITNESS_POLICY()],
    (input) => parseWitnessPolicy(input.toString()),
  ),
  parser(
    'verifier key',
    'text',
    () => [KEYS.checkpointKeys[0]!.key.verifierKey],
    (input) => parseVerifierKey(input.toString()),
  ),
  parser(
    'key list',
    'text',
    () => [formatKeyList(KEYS)],
    (input) => parseKeyList(input.toString()),
  ),
];
