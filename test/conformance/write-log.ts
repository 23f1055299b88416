// Writes logs for the programs in go/ to read: node test/conformance/write-log.ts <directory>
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { proveRecord } from '../../lib/evidence/prove.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { LogWriter } from '../../lib/transparency/log-writer.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import type { CheckpointSigner } from '../../lib/transparency/ports.ts';
import { chainLines } from '../support/chain-lines.ts';
import { fixedSigner } from '../support/log.ts';
import { cosigners, fixedWitness } from '../support/witness.ts';

const ORIGIN = 'logs.example.com/conformance';

interface Plan {
  readonly name: string;
  readonly signer: CheckpointSigner;
  /** Records per checkpoint. */
  readonly batches: readonly number[];
  /** Damages the log, which must then be refused. */
  readonly damage?: (log: string) => Promise<void>;
}

/** ECDSA over P-256, as KMS signs where a Region has no Ed25519. */
function ecdsaSigner(): CheckpointSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: { algorithm: 'ecdsa-p256', spki: publicKey.export({ format: 'der', type: 'spki' }) },
    sign: (message) => Promise.resolve(sign('sha256', message, privateKey)),
  };
}

/** Changes one bit of a file. */
async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
}

const PLANS: readonly Plan[] = [
  { name: 'one-leaf', signer: fixedSigner(), batches: [1] },
  { name: 'around-a-tile', signer: fixedSigner(), batches: [0, 3, 252, 0, 1, 1, 255, 1] },
  { name: 'two-levels', signer: fixedSigner(), batches: [100, 700, 0, 900, 3000] },
  { name: 'three-levels', signer: fixedSigner(), batches: [65_535, 1, 300] },
  { name: 'ecdsa', signer: ecdsaSigner(), batches: [10, 300] },
  {
    name: 'damaged-entry',
    signer: fixedSigner(),
    batches: [300],
    damage: (log) => flip(`${log}/tile/entries/000`, 100),
  },
  { name: 'damaged-tile', signer: fixedSigner(), batches: [300], damage: (log) => flip(`${log}/tile/0/000`, 100) },
  {
    name: 'damaged-history',
    signer: fixedSigner(),
    batches: [300, 1],
    damage: (log) => flip(`${log}/checkpoints/000`, 30),
  },
];

async function write(directory: string, { name, signer, batches, damage }: Plan): Promise<void> {
  const place = join(directory, name);
  const log = join(place, 'log');
  await mkdir(place, { recursive: true });
  const store = fileTileStore(log);
  let now = 1.8e12;
  const nowMs = (): number => (now += 1000);
  const logs = [noteKey(ORIGIN, signer.publicKey)];
  const witnesses = [40, 41].map((seed) => fixedWitness(seed, { logs, nowMs }).witness);
  const options = { store, signer, origin: ORIGIN, nowMs, dueAfterS: 600, witnesses: cosigners(witnesses) };
  const writer = new LogWriter(options);
  const sealer = new Sealer(writer, store);
  const leaves = batches.reduce((sum, count) => sum + count, 0);
  const lines = await chainLines('environment', leaves);
  let sealed = 0;
  for (const count of batches) {
    if (count === 0) await sealer.tick(now, 0);
    else await sealer.seal(lines.slice(sealed, sealed + count));
    sealed += count;
  }
  const keys = { origin: ORIGIN, checkpointKeys: [{ key: writer.key }], recordKeys: [] };
  for (const leaf of new Set([0, Math.floor(leaves / 2), leaves - 1])) {
    const proof = await proveRecord(store, keys, leaf);
    await writeFile(join(place, `${leaf}.tlog-proof`), proof!.text);
  }
  const about = {
    origin: ORIGIN,
    key: writer.key.verifierKey,
    witnesses: witnesses.map(({ key }) => key.verifierKey),
    leaves,
    sound: damage === undefined,
  };
  await writeFile(join(place, 'about.json'), JSON.stringify(about));
  await damage?.(log);
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Usage: node test/conformance/write-log.ts <directory>');
for (const plan of PLANS) await write(directory, plan);
