// npm run bench -- --peers: FF1 against other implementations, each enciphering the same values under the same key in a
// process of its own, in turns with ours. Their tokens must be ours. A peer whose toolchain is absent is skipped, and said
// to be; where CI is set it is required.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FF1 } from '@noble/ciphers/ff1.js';
import { Ff1 } from '../../lib/crypto/ff1.ts';
import { seededBytes, valuesOf } from '../support/ff1-batch.ts';
import { ff1Batch } from './ff1.ts';
import { bestRatio, type Figure, ratio, type Section, speed, type Target } from './figures.ts';
import { inTurns, type Task } from './measure.ts';
import { PeerProcess } from './peers/process.ts';
import { buildPeer, PEER_TOOLS, type PeerTool } from './peers/tools.ts';

const OURS = 'this project';
const NOBLE = 'npm @noble/ciphers';
const NOBLE_VALUES = 100;
const GO = PEER_TOOLS[0]!.name;
const KEY = seededBytes('bench key', 32);
const SYMBOLS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const DOMAINS: readonly { name: string; radix: number; length: number; go: Target }[] = [
  { name: '9 digits', radix: 10, length: 9, go: { least: 15 } },
  { name: '16 digits', radix: 10, length: 16, go: { least: 11 } },
  { name: '12 of radix 62', radix: 62, length: 12, go: { least: 11 } },
];

interface BuiltPeer extends PeerTool {
  readonly command: readonly string[];
}

/** Yields a section for each domain. Throws for a peer whose tokens differ, and for one that CI misses. */
export async function* peersSections(turns: number, values: number): AsyncGenerator<Section> {
  const peers: BuiltPeer[] = [];
  for (const tool of PEER_TOOLS) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- builders take all cores
      peers.push({ ...tool, command: await buildPeer(tool) });
    } catch (error) {
      if (process.env['CI'] !== undefined) throw new Error(`CI needs ${tool.needs} for ${tool.name}`, { cause: error });
      console.error(`SKIPPED: ${tool.name} (needs ${tool.needs})`);
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'peers-'));
  try {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    for (const domain of DOMAINS) yield await domainSection(domain, peers, folder, turns, values);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function domainSection(
  { name, radix, length, go }: (typeof DOMAINS)[number],
  peers: readonly BuiltPeer[],
  folder: string,
  turns: number,
  values: number,
): Promise<Section> {
  const batch = ff1Batch(radix, length, values);
  const plain = valuesOf(batch);
  const ff1 = new Ff1(KEY);
  const noble = FF1(radix, new Uint8Array(KEY), new Uint8Array(batch.tweaks));
  const nobleValues = plain.slice(0, NOBLE_VALUES);
  const ours: Task = { name: OURS, units: values, run: () => ff1.encrypt(batch) };
  const others: Task[] = [
    { name: NOBLE, units: nobleValues.length, run: () => void nobleValues.map((value) => noble.encrypt(value)) },
  ];
  const texts = plain.map(textOf);
  const encrypted = ff1Batch(radix, length, values);
  ff1.encrypt(encrypted);
  const tokens = valuesOf(encrypted).map(textOf);
  checkTokens(
    NOBLE,
    nobleValues.map((value) => textOf(noble.encrypt(value))),
    tokens,
  );
  using running = new DisposableStack();
  for (const { name: peer, command, values: most } of peers) {
    const count = Math.min(most, values);
    const file = join(folder, `${radix}-${length}-${count}`);
    // oxlint-disable-next-line no-await-in-loop -- a few small files
    await writeFile(file, texts.slice(0, count).join('\n'));
    const args = [KEY.toString('hex'), Buffer.from(batch.tweaks).toString('hex'), SYMBOLS.slice(0, radix), file];
    const child = running.use(new PeerProcess([...command, ...args]));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await child.run();
    // oxlint-disable-next-line no-await-in-loop
    checkTokens(peer, await child.tokens(), tokens);
    others.push({ name: peer, units: count, run: () => child.run() });
  }
  const besideOf = (other: string): string => `${OURS} beside ${other}`;
  const measured = await inTurns(
    others.map((other) => [other, { ...ours, name: besideOf(other.name) }] as const),
    turns,
  );
  const figures = others.flatMap(({ name: other }): Figure[] => {
    const target = other === GO ? go : undefined;
    const pair = [other, besideOf(other)] as const;
    return [
      speed(measured, other),
      ratio(measured, pair, `${other}: its time in ours`, target && { target }),
      bestRatio(measured, pair, `${other}: the same, best turns`, target),
    ];
  });
  const allOurs = new Map([[OURS, others.flatMap((other) => measured.get(besideOf(other.name))!)]]);
  figures.unshift(speed(allOurs, OURS));
  return { title: `FF1 by others, ${name}, AES-256, 8-byte tweak, ${values} values; all tokens are equal`, figures };
}

function textOf(numerals: readonly number[]): string {
  return numerals.map((numeral) => SYMBOLS[numeral]).join('');
}

function checkTokens(peer: string, theirs: readonly string[], ours: readonly string[]): void {
  const wrong = theirs.findIndex((token, i) => token !== ours[i]);
  if (wrong >= 0 || theirs.length === 0) throw new Error(`${peer}: token ${wrong + 1} is not ours`);
}
