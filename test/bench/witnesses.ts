// Measures what two witnesses and a timestamp of each checkpoint by an authority, all on this machine and each a process of
// its own, add to sealing batches of 1,000 records.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { httpTimestampAuthority } from '../../lib/adapters/http/timestamp-authority.ts';
import { httpWitness } from '../../lib/adapters/http/witness.ts';
import { outboundGuard } from '../../lib/adapters/outbound/guard.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { parseWitnessKey } from '../../lib/transparency/cosignature.ts';
import { type Cosigner, Cosigners } from '../../lib/transparency/cosigning.ts';
import { LogWriter, type SignedCheckpoint } from '../../lib/transparency/log-writer.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import type { TimestampAuthority } from '../../lib/transparency/ports.ts';
import { stampCheckpoint, type StampReport } from '../../lib/transparency/timestamping.ts';
import { fixedSigner } from '../support/log.ts';
import { type Figure, ratio, type Section } from './figures.ts';
import { median } from './measure.ts';
import { records } from './trail.ts';

const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));
const AUTHORITY = fileURLToPath(new URL('timestamp-authority.ts', import.meta.url));
const BATCH = 1000;
/** Checkpoints of a log: from the second on, a witness gets a proof. */
const BATCHES = 10;
const BUDGET_MS = 3000;
const originOf = (round: number): string => `logs.example.com/bench${round}`;

interface Running {
  readonly process: ChildProcess;
  readonly cosigner: Cosigner;
}

/** Starts a witness of the logs of all rounds. */
async function startWitness(directory: string, name: string, rounds: number): Promise<Running> {
  const dir = join(directory, name);
  const run = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [COMMAND, 'witness', ...args, '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => {
    run('keygen', '--name', name).once('exit', resolve);
  });
  const about = JSON.parse(await readFile(join(dir, 'witness.json'), 'utf8')) as { verifier_key: string };
  const logs = Array.from({ length: rounds }, (_, n) => noteKey(originOf(n), fixedSigner().publicKey).verifierKey);
  const child = run('serve', '--port', '0', '--log', ...logs);
  const url = await new Promise<string>((resolve) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(/http:\S+/.exec(chunk.toString())![0]));
  });
  const client = httpWitness({ url: new URL(url), timeoutMs: BUDGET_MS });
  return { process: child, cosigner: { key: parseWitnessKey(about.verifier_key), client } };
}

async function startAuthority(): Promise<{ readonly process: ChildProcess; readonly client: TimestampAuthority }> {
  const child = spawn(process.execPath, [AUTHORITY], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const guard = outboundGuard({ loopback: true });
  return { process: child, client: httpTimestampAuthority({ url: new URL(url), guard, timeoutMs: BUDGET_MS }) };
}

/** Seals a new log, and stamps each checkpoint if there is an authority. Resolves to seconds per batch. */
async function seal(
  origin: string,
  cosigners: readonly Cosigner[],
  authorities: readonly TimestampAuthority[],
  batches: readonly string[][],
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'protector-bench-'));
  try {
    const store = fileTileStore(directory);
    const witnesses = new Cosigners(cosigners, () => AbortSignal.timeout(BUDGET_MS));
    const log = new LogWriter({ store, signer: fixedSigner(), origin, nowMs: Date.now, witnesses });
    const sealer = new Sealer(log, store);
    const stamps: Promise<StampReport>[] = [];
    const stamp = (checkpoint: SignedCheckpoint): void => {
      stamps.push(stampCheckpoint({ store, authorities, nonce: () => randomBytes(8) }, checkpoint));
    };
    const from = performance.now();
    for (const batch of batches) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      const { asked } = await sealer.seal(batch, authorities.length === 0 ? undefined : stamp);
      if (asked.some(({ outcome }) => outcome !== 'cosigned')) throw new Error('A witness did not cosign');
    }
    // No record waits for an authority: timestamps arrive while the next records are sealed.
    const reports = await Promise.all(stamps);
    if (reports.length !== batches.length * authorities.length || reports.some(({ stamped }) => !stamped)) {
      throw new Error('The authority gave no timestamp');
    }
    return (performance.now() - from) / 1000 / batches.length;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Seals logs with neither, with witnesses, and with witnesses and timestamps in turn. */
export async function witnessesSection(rounds: number): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'protector-bench-'));
  const lines = [...records(BATCH * BATCHES)];
  const batches = Array.from({ length: BATCHES }, (_, n) => lines.slice(n * BATCH, (n + 1) * BATCH));
  const names = ['witness.example.com/w1', 'witness.example.com/w2'];
  const running = await Promise.all(names.map((name) => startWitness(directory, name, 2 * (rounds + 1))));
  const witnesses = running.map(({ cosigner }) => cosigner);
  const authority = await startAuthority();
  try {
    const [alone, cosigned, stamped]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= rounds; round++) {
      // oxlint-disable no-await-in-loop -- one after the other is what is measured
      const without = await seal(originOf(round), [], [], batches);
      const within = await seal(originOf(2 * round), witnesses, [], batches);
      const all = await seal(originOf(2 * round + 1), witnesses, [authority.client], batches);
      // oxlint-enable no-await-in-loop
      if (round === 0) continue; // for the compiler
      alone.push(without);
      cosigned.push(within);
      stamped.push(all);
    }
    const times = new Map([
      ['alone', alone],
      ['cosigned', cosigned],
      ['stamped', stamped],
    ]);
    return {
      title: `Sealing ${BATCH} records a batch with two witnesses and a timestamp authority on this machine`,
      figures: [
        ms('a batch without witnesses, each file synchronised', alone),
        ms('a batch with both cosignatures', cosigned),
        ms('a batch with both cosignatures and a timestamp', stamped),
        ratio(times, ['cosigned', 'alone'], 'with witnesses against without'),
        ratio(times, ['stamped', 'alone'], 'with witnesses and a timestamp against without', { target: { most: 1.3 } }),
      ],
    };
  } finally {
    for (const { process: child } of [...running, authority]) child.kill();
    await rm(directory, { recursive: true });
  }
}

function ms(name: string, seconds: readonly number[]): Figure {
  return { name, unit: 'ms', median: 1000 * median(seconds), best: 1000 * Math.min(...seconds) };
}
