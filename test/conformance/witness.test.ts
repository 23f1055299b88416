// Other implementations of witnesses and of logs that ask them: torchwood's litewitness and transparency-dev's omniwitness cosign
// our log, and Tessera has its log cosigned by our witness. They are not part of this repository: CI builds them and sets
// `WITNESS_TOOLS`, a folder with the programs; without it the checks are listed as skipped.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toBase64 } from '../../lib/base/bytes.ts';
import { parseWitnessKey, verifyCosignatures, witnessKey } from '../../lib/transparency/cosignature.ts';
import { EMPTY_ROOT } from '../../lib/transparency/hashes.ts';
import { noteKey, type NoteKey, parseNote } from '../../lib/transparency/note.ts';
import { originHash } from '../../lib/transparency/witness.ts';
import { witnessContract, type WitnessUnderTest } from '../contract/witness.contract.ts';
import { freePort } from '../support/free-port.ts';
import { prepare } from '../support/command.ts';
import { fixedSigner } from '../support/log.ts';
import { listenHere, type ServedHere } from '../support/served.ts';

const { WITNESS_TOOLS: tools, CI } = process.env;
const MISSING = tools === undefined ? 'WITNESS_TOOLS is not set' : undefined;
const run = promisify(execFile);

test('CI has the witness tools', () => {
  expect(CI === undefined || tools !== undefined).toBe(true);
});

/** Resolves to what the program has printed up to `pattern`; rejects when it ends before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}

/** Starts litewitness with a key in an ssh-agent, which it needs, and tells it of the logs, as witnessctl does. */
async function liteWitness(logs: readonly NoteKey[]): Promise<WitnessUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'lite-'));
  const at = (name: string): string => join(directory, name);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')]);
  const agent = spawn('ssh-agent', ['-D', '-a', at('agent')]);
  await printed(agent, /SSH_AUTH_SOCK/);
  await run('ssh-add', ['-q', at('key')], { env: { ...process.env, SSH_AUTH_SOCK: at('agent') } });
  const [, fingerprint = ''] = (await run('ssh-keygen', ['-lf', at('key.pub')])).stdout.split(' ');
  const listen = `127.0.0.1:${await freePort()}`;
  const options = { name: 'lite.example.com/w', 'ssh-agent': at('agent'), key: fingerprint, db: at('db'), listen };
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]);
  const witness = spawn(join(tools!, 'litewitness'), args);
  const [, verifierKey = ''] = await printed(witness, /vkey=(\S+)[^]*msg=listening/);
  const database = new DatabaseSync(at('db'));
  for (const { name, verifierKey: key } of logs) {
    const root = toBase64(EMPTY_ROOT);
    database.prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)').run(name, root);
    database.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run(name, key);
  }
  database.close();
  return {
    url: `http://${listen}`,
    key: parseWitnessKey(verifierKey),
    async stop() {
      for (const child of [witness, agent]) await ended(child);
      await rm(directory, { recursive: true });
    },
  };
}

/**
 * Starts omniwitness with a key and logs in files, and without its database, with which it answers 500 about a log that it does
 * not know. About a key that it does not know it always does.
 */
async function omniWitness(logs: readonly NoteKey[]): Promise<WitnessUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'omni-'));
  const at = (name: string): string => join(directory, name);
  const name = 'omni.example.com/w';
  const { publicKey } = fixedSigner(4);
  await writeFile(at('key'), secretKey(name, 4));
  // JSON is YAML.
  const Logs = logs.map((log) => ({ Origin: log.name, PublicKey: log.verifierKey }));
  await writeFile(at('logs'), JSON.stringify({ Logs }));
  const listen = `127.0.0.1:${await freePort()}`;
  const options = {
    private_key_path: at('key'),
    additional_logs: at('logs'),
    listen,
    metrics_listen: '',
  };
  const args = Object.entries(options).map(([option, value]) => `-${option}=${value}`);
  const witness = spawn(join(tools!, 'omniwitness'), args);
  await printed(witness, /HTTP server goroutine started/);
  return {
    url: `http://${listen}`,
    key: witnessKey(name, publicKey),
    unknownKey: 'unavailable',
    async stop() {
      await ended(witness);
      await rm(directory, { recursive: true });
    },
  };
}

/** The secret key of `fixedSigner(seed)` in the form of golang.org/x/mod/sumdb/note: type and seed. */
function secretKey(name: string, seed: number): string {
  const secret = Buffer.concat([Uint8Array.of(1), Buffer.alloc(32, seed)]).toString('base64');
  return `PRIVATE+KEY+${name}+${noteKey(name, fixedSigner(seed).publicKey).id}+${secret}`;
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await exit;
}

witnessContract('litewitness of filippo.io/torchwood (WITNESS_TOOLS)', liteWitness, MISSING);
witnessContract('omniwitness of transparency-dev (WITNESS_TOOLS)', omniWitness, MISSING);

(tools === undefined ? describe.skip : describe)('a log of Tessera (WITNESS_TOOLS)', () => {
  const ORIGIN = 'logs.example.com/tessera';
  const key = noteKey(ORIGIN, fixedSigner(3).publicKey);
  let directory: string;
  let witness: ServedHere;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tessera-'));
    await writeFile(join(directory, 'key'), secretKey(ORIGIN, 3));
    await prepare(['witness', 'keygen', '--name', 'witness.example.com/w1'], { cwd: directory });
    witness = await listenHere(directory, ['witness', 'serve', '--log', key.verifierKey, '--port', '0']);
    const line = /witness w1 .*/.exec(witness.output())![0];
    await writeFile(join(directory, 'policy'), `${line}\nquorum w1\n`);
  });
  afterAll(async () => {
    await witness.stop();
    await rm(directory, { recursive: true });
  });

  test('is cosigned by our witness, as it grows across runs', async () => {
    const { verifier_key: verifierKey } = JSON.parse(await readFile(join(directory, '.witness/witness.json'), 'utf8'));
    const sizes: number[] = [];
    for (const [round, count] of [1, 300, 5].entries()) {
      const entries = join(directory, `entries${round}`);
      await mkdir(entries);
      await Promise.all(Array.from({ length: count }, (_, i) => writeFile(join(entries, `${i}`), `${round} ${i}`)));
      const options = { storage_dir: join(directory, 'log'), private_key: join(directory, 'key') };
      const args = { ...options, entries: `${entries}/*`, witness_policy_file: join(directory, 'policy') };
      await run(
        join(tools!, 'posix-oneshot'),
        Object.entries(args).map(([name, value]) => `-${name}=${value}`),
      );
      const checkpoint = await readFile(join(directory, 'log/checkpoint'));
      const note = parseNote(checkpoint);
      expect((await verifyCosignatures(note, [parseWitnessKey(verifierKey)])).valid).toHaveLength(1);
      sizes.push(Number(note.text.split('\n')[1]));
      const served = await fetch(`${witness.output().match(/http:\S+/)![0]}/${originHash(ORIGIN)}/checkpoint`);
      expect(await served.text()).toContain(`${ORIGIN}\n${sizes.at(-1)}\n`);
    }
    expect(sizes).toEqual([1, 301, 306]);
  });
});
