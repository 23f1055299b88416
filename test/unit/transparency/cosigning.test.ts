import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { verifyCosignatures } from '../../../lib/transparency/cosignature.ts';
import type { Cosigner } from '../../../lib/transparency/cosigning.ts';
import { checkpointPath, cosignaturesPath, NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import type { LogError } from '../../../lib/transparency/errors.ts';
import { type Note, parseNote } from '../../../lib/transparency/note.ts';
import type { TileStore, WitnessClient } from '../../../lib/transparency/ports.ts';
import type { Witness } from '../../../lib/transparency/witness.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog } from '../../support/log.ts';
import { crash, MemoryTileStore, watched } from '../../support/memory-tile-store.ts';
import { leavesOf } from '../../support/sealing.ts';
import { cosignerOf, cosigners, fixedWitness } from '../../support/witness.ts';

const lines = await chainLines('a', 40);
const WITNESS = fixedWitness(40).witness.key.name;

/** A cosignature of the same witness on the checkpoint of another log. */
const [{ line: ELSEWHERE }] = JSON.parse(
  readFileSync(new URL('../../vectors/witness/cosignatures.json', import.meta.url), 'utf8'),
) as [{ line: string }];

function sealerOf(store: TileStore, witnesses: readonly (Witness | Cosigner)[], budgetMs?: number): Sealer {
  return new Sealer(fixedLog(store, { witnesses: cosigners(witnesses, budgetMs) }), store);
}

async function note(store: TileStore, path: string): Promise<Note> {
  return parseNote((await store.read(path))!);
}

/** The names of the witnesses whose valid cosignatures the object `checkpoint` has. */
async function witnessesOf(store: TileStore, witnesses: readonly Witness[]): Promise<readonly string[]> {
  const keys = witnesses.map(({ key }) => key);
  const { valid } = await verifyCosignatures(await note(store, NEWEST_CHECKPOINT), keys);
  return valid.map(({ key }) => key.name);
}

/** Two witnesses that have cosigned nothing yet. */
const both = () => [fixedWitness(40).witness, fixedWitness(41).witness];

/** A witness that always says the same. */
const answering = (status: number, text: string): Cosigner => ({
  key: fixedWitness().witness.key,
  client: { addCheckpoint: () => Promise.resolve({ status, text }) },
});

describe('a log with witnesses', () => {
  test('sends a witness size, root and proof, and nothing of a record', async () => {
    const bodies: string[] = [];
    const { witness } = fixedWitness();
    const listening = cosignerOf(witness, (client) => ({
      addCheckpoint: (body) => {
        bodies.push(body);
        return client.addCheckpoint(body);
      },
    }));
    const sealer = sealerOf(new MemoryTileStore(), [listening]);
    await sealer.seal(lines.slice(0, 20));
    await sealer.seal(lines.slice(20));
    const checkpoint = String.raw`logs\.example\.com/protector\n\d+\n\S{44}\nnumber \d+\ntime \d+\n\n\u2014 \S+ \S+\n`;
    const request = new RegExp(`^old \\d+\\n(?:\\S{44}\\n)*\\n${checkpoint}$`);
    expect(bodies).toEqual([expect.stringMatching(request), expect.stringMatching(request)]);
  });

  test('has each checkpoint cosigned, keeps the cosignatures once, and serves the newest checkpoint with them', async () => {
    const store = new MemoryTileStore();
    const witnesses = both();
    const sealer = sealerOf(store, witnesses);
    for (let n = 0; n < 3; n++) {
      const { asked } = await sealer.seal(lines.slice(n * 10, n * 10 + 10));
      expect(asked).toEqual(witnesses.map(({ key }) => ({ name: key.name, outcome: 'cosigned' })));
      const kept = Buffer.from((await store.read(cosignaturesPath(n)))!).toString();
      const checkpoint = Buffer.from((await store.read(checkpointPath(n)))!).toString();
      expect(Buffer.from((await store.read(NEWEST_CHECKPOINT))!).toString()).toBe(checkpoint + kept);
      expect(await witnessesOf(store, witnesses)).toEqual(witnesses.map(({ key }) => key.name));
    }
    const { asked } = await sealer.tick(Number.POSITIVE_INFINITY, 0);
    expect(asked.map(({ outcome }) => outcome)).toEqual(['cosigned', 'cosigned']);
  });

  test('asks no witness when there is nothing to sign', async () => {
    const store = new MemoryTileStore();
    const sealer = sealerOf(store, [fixedWitness().witness]);
    await sealer.seal(lines);
    expect((await sealer.seal(lines)).asked).toEqual([]);
  });

  test('is cosigned by a witness that comes later, or has missed checkpoints', async () => {
    const store = new MemoryTileStore();
    const { witness } = fixedWitness();
    await sealerOf(store, []).seal(lines.slice(0, 10));
    const sealer = sealerOf(store, [witness]);
    await sealer.seal(lines.slice(10, 13));
    await sealerOf(store, []).seal(lines.slice(13, 20));
    await sealer.seal(lines.slice(20));
    expect(await witnessesOf(store, [witness])).toEqual([WITNESS]);
    expect([0, 1, 2, 3].map((n) => store.objects.has(cosignaturesPath(n)))).toEqual([false, true, false, true]);
  });

  test('needs one request for each checkpoint of a witness that has cosigned the one before', async () => {
    const store = new MemoryTileStore();
    let requests = 0;
    const counting = (client: WitnessClient): WitnessClient => ({
      addCheckpoint: (body) => {
        requests += 1;
        return client.addCheckpoint(body);
      },
    });
    const sealer = sealerOf(store, [cosignerOf(fixedWitness().witness, counting)]);
    for (let n = 0; n < 4; n++) await sealer.seal(lines.slice(n * 10, n * 10 + 10));
    expect(requests).toBe(4);
  });

  test('goes on from the checkpoint of another sealer that was signed while the witnesses were asked', async () => {
    const store = new MemoryTileStore();
    const { witness } = fixedWitness();
    let isFirst = true;
    const slow = cosignerOf(witness, (client) => ({
      async addCheckpoint(body) {
        if (isFirst) {
          isFirst = false;
          await sealerOf(store, []).seal(lines.slice(10, 20));
        }
        return client.addCheckpoint(body);
      },
    }));
    const sealer = sealerOf(store, [slow]);
    const first = await sealer.seal(lines.slice(0, 10));
    expect(first).toMatchObject({ sealed: 10, forked: [], holes: [], checkpoint: { number: 1, size: 20 } });
    expect(await sealer.seal(lines)).toMatchObject({ sealed: 20, repeated: 20, forked: [], checkpoint: { size: 40 } });
  });

  test('has its witnesses answer while its tiles are written', async () => {
    const memory = new MemoryTileStore();
    const answered = Promise.withResolvers<void>();
    const store = watched(memory, (call, path) =>
      call === 'create' && path.startsWith('tile/') ? answered.promise : undefined,
    );
    const prompt = cosignerOf(fixedWitness().witness, (client) => ({
      async addCheckpoint(body) {
        const reply = await client.addCheckpoint(body);
        answered.resolve();
        return reply;
      },
    }));
    expect((await sealerOf(store, [prompt]).seal(lines)).asked).toEqual([{ name: WITNESS, outcome: 'cosigned' }]);
  });

  test('goes on with the history that was cosigned when it ends at any call of the store', async () => {
    const policy = parseWitnessPolicy(
      `${both()
        .map(({ key }, i) => `witness w${i} ${key.verifierKey}`)
        .join('\n')}\ngroup all all w0 w1\nquorum all`,
    );
    let dies = true;
    let cosignedBefore = 0;
    for (let at = 1; dies; at++) {
      dies = false;
      const witnesses = both();
      const memory = new MemoryTileStore();
      await sealerOf(memory, witnesses).seal(lines.slice(0, 10));
      const settled: Promise<unknown>[] = [];
      const kept = witnesses.map((witness) =>
        cosignerOf(witness, (client) => ({
          addCheckpoint(body) {
            const reply = client.addCheckpoint(body);
            settled.push(reply);
            return reply;
          },
        })),
      );
      // Witnesses answer before the process ends.
      const store = watched(memory, async (_, __, number) => {
        if (number < at) return;
        dies = true;
        await new Promise(setImmediate);
        await Promise.all(settled);
        throw crash();
      });
      const outcome: unknown = await sealerOf(store, kept)
        .seal(lines.slice(10, 20))
        .catch((error: LogError) => error.code);
      expect([expect.objectContaining({ sealed: 10 }), 'LOG_STORE_UNAVAILABLE']).toContainEqual(outcome);
      if (!memory.objects.has(checkpointPath(1))) cosignedBefore += settled.length;
      // Other records come first: the commit that was begun has the next place all the same.
      const next = await sealerOf(memory, witnesses).seal(lines.slice(20, 30));
      const last = await sealerOf(memory, witnesses).seal(lines);
      const asked = [next, last].flatMap((report) => report.asked.map(({ outcome: of }) => of));
      expect([at, asked]).toEqual([at, ['cosigned', 'cosigned', 'cosigned', 'cosigned']]);
      expect((await leavesOf(memory)).toSorted()).toEqual(lines.toSorted());
      const { findings } = await verifyEvidence({ log: { reader: memory, policy }, keys: fixedKeys() });
      expect(findings.filter(({ note: isNote }) => isNote !== true)).toEqual([]);
    }
    // Some of those processes ended after both witnesses had cosigned a checkpoint that was not stored.
    expect(cosignedBefore).toBeGreaterThan(3);
  });

  test('publishes the cosignatures of a commit that was cut off behind them', async () => {
    const store = new MemoryTileStore();
    const { witness } = fixedWitness();
    const sealer = sealerOf(store, [witness]);
    await sealer.seal(lines.slice(0, 10));
    const before = (await store.read(NEWEST_CHECKPOINT))!;
    await sealer.seal(lines.slice(10));
    const after = await store.read(NEWEST_CHECKPOINT);
    await store.replace(NEWEST_CHECKPOINT, before);
    await fixedLog(store).open();
    expect(await store.read(NEWEST_CHECKPOINT)).toEqual(after);
  });
});

describe('what came of asking a witness', () => {
  test.each([
    ['cosigned', cosignerOf(fixedWitness().witness)],
    ['unknown-log', cosignerOf(fixedWitness(40, { logs: [] }).witness)],
    ['inconsistent', answering(422, 'no\n')],
    ['refused', answering(403, 'no\n')],
    ['refused', answering(400, 'no\n')],
    ['refused', answering(301, '')],
    ['ahead', answering(409, '41\n')],
    ['inconsistent', answering(409, '40\n')],
    [
      'inconsistent',
      {
        ...answering(0, ''),
        client: {
          addCheckpoint: (body) => Promise.resolve({ status: 409, text: body.startsWith('old 40\n') ? '' : '40\n' }),
        },
      },
    ],
    ['unavailable', answering(409, '39\n')],
    ['refused', answering(409, 'forty\n')],
    ['unavailable', answering(503, '')],
    ['unavailable', answering(429, '')],
    ['unavailable', { ...answering(0, ''), client: { addCheckpoint: () => Promise.reject(new Error('reset')) } }],
    ['unverifiable', answering(200, '')],
    ['unverifiable', answering(200, 'no signature\n')],
    ['unverifiable', answering(200, `\u2014 ${WITNESS} ${Buffer.alloc(76).toString('base64')}\n`)],
    ['unverifiable', answering(200, ELSEWHERE)],
    ['unverifiable', { ...cosignerOf(fixedWitness(41).witness), key: fixedWitness(40).witness.key }],
  ])('is %s, and sealing goes on', async (outcome, cosigner) => {
    const store = new MemoryTileStore();
    const { sealed, asked } = await sealerOf(store, [cosigner]).seal(lines);
    expect([sealed, asked]).toEqual([40, [{ name: WITNESS, outcome }]]);
    expect(store.objects.has(cosignaturesPath(0))).toBe(outcome === 'cosigned');
  });

  test('is unavailable after three sizes that it named, none of them its own', async () => {
    let asked = 0;
    const client = { addCheckpoint: () => Promise.resolve({ status: 409, text: `${++asked}\n` }) };
    const report = await sealerOf(new MemoryTileStore(), [{ ...answering(0, ''), client }]).seal(lines);
    expect([report.asked, asked]).toEqual([[{ name: WITNESS, outcome: 'unavailable' }], 3]);
  });

  test('is the valid line of the witness, whatever other lines are in its answer', async () => {
    const store = new MemoryTileStore();
    const { witness } = fixedWitness();
    const chatty = cosignerOf(witness, (client) => ({
      async addCheckpoint(body) {
        const { status, text } = await client.addCheckpoint(body);
        return { status, text: `\u2014 other.example.com AAAAAAA=\n${text}` };
      },
    }));
    await sealerOf(store, [chatty]).seal(lines);
    expect((await note(store, NEWEST_CHECKPOINT)).signatures.map(({ name }) => name)).toEqual([
      'logs.example.com/protector',
      WITNESS,
    ]);
  });

  test('is inconsistent for a log that was rewritten, and ahead for one that was rolled back', async () => {
    const { witness } = fixedWitness();
    await sealerOf(new MemoryTileStore(), [witness]).seal(lines.slice(0, 20));
    const outcomes = [];
    for (const rewritten of [lines.toReversed(), lines.slice(0, 10)]) {
      const { asked } = await sealerOf(new MemoryTileStore(), [witness]).seal(rewritten);
      outcomes.push(...asked.map(({ outcome }) => outcome));
    }
    expect(outcomes).toEqual(['inconsistent', 'ahead']);
  });
});
