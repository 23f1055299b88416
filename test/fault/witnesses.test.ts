// Witnesses that hang, fail and come back, over HTTP: sealing never waits longer than its budget.
import { afterAll, describe, expect, test } from '@jest/globals';
import { httpWitness } from '../../lib/adapters/http/witness.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { Cosigners } from '../../lib/transparency/cosigning.ts';
import { cosignaturesPath } from '../../lib/transparency/layout.ts';
import type { WitnessClient } from '../../lib/transparency/ports.ts';
import { bodyOf, serve, type TestServer } from '../support/http-server.ts';
import { freePort } from '../support/free-port.ts';
import { chainLines } from '../support/chain-lines.ts';
import { fixedLog } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { fixedWitness } from '../support/witness.ts';

const BUDGET_MS = 300;
/** Far above what a busy machine adds to the budget, far below what a client waits by itself. */
const WAITED_MS = 20_000;
const CLIENT_MS = 60_000;
const servers: TestServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

const lines = await chainLines('a', 40);
const { witness: sound } = fixedWitness(41);

type Mode = 'answers' | 'hangs' | 'hangs in its answer' | 'resets' | 'fails';

/** A witness over HTTP whose mode can be changed. */
async function faulty(seed: number) {
  const { witness } = fixedWitness(seed);
  const state: { mode: Mode } = { mode: 'answers' };
  const server = await serve(async (request, response) => {
    const { status, body, type } = await witness.addCheckpoint(await bodyOf(request));
    if (state.mode === 'hangs') return;
    if (state.mode === 'resets') throw new Error('reset');
    response.writeHead(state.mode === 'fails' ? 500 : status, { 'content-type': type });
    if (state.mode === 'hangs in its answer') response.write(body.slice(0, 10));
    else response.end(body);
  });
  servers.push(server);
  const client = httpWitness({ url: new URL(server.endpoint), timeoutMs: CLIENT_MS });
  return { state, cosigner: { key: witness.key, client } };
}

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const began = performance.now();
  const result = await work;
  return { result, ms: performance.now() - began };
}

describe('sealing', () => {
  test.each(['hangs', 'hangs in its answer', 'resets', 'fails'] as const)(
    'waits for its budget at most when a witness %s, keeps the other cosignature, and asks again',
    async (mode) => {
      const store = new MemoryTileStore();
      const bad = await faulty(40);
      const good = await faulty(41);
      // The budget ends a while after the good witness has answered, however long a busy machine takes for that.
      const budget = new AbortController();
      const prompt: WitnessClient = {
        async addCheckpoint(body) {
          const reply = await good.cosigner.client.addCheckpoint(body);
          setTimeout(() => budget.abort(), BUDGET_MS);
          return reply;
        },
      };
      const budgets = [budget.signal];
      const witnesses = new Cosigners(
        [bad.cosigner, { ...good.cosigner, client: prompt }],
        () => budgets.pop() ?? new AbortController().signal,
      );
      const sealer = new Sealer(fixedLog(store, { witnesses }), store);
      bad.state.mode = mode;
      const { result, ms } = await timed(sealer.seal(lines.slice(0, 20)));
      expect(result.asked.map(({ outcome }) => outcome)).toEqual(['unavailable', 'cosigned']);
      expect(ms).toBeLessThan(WAITED_MS);
      expect(
        Buffer.from(store.objects.get(cosignaturesPath(0))!)
          .toString()
          .split('\n'),
      ).toHaveLength(2);
      bad.state.mode = 'answers';
      const again = await sealer.seal(lines.slice(20));
      expect(again.asked.map(({ outcome }) => outcome)).toEqual(['cosigned', 'cosigned']);
    },
  );

  test('does not depend on clients that keep their own limit of time', async () => {
    const store = new MemoryTileStore();
    const stuck = { key: sound.key, client: { addCheckpoint: () => new Promise<never>(() => {}) } };
    const witnesses = new Cosigners([stuck], () => AbortSignal.timeout(BUDGET_MS));
    const { result, ms } = await timed(new Sealer(fixedLog(store, { witnesses }), store).seal(lines));
    expect([result.sealed, result.asked[0]?.outcome]).toEqual([40, 'unavailable']);
    expect(ms).toBeLessThan(WAITED_MS);
  });

  test('goes on without waiting when no witness listens', async () => {
    const port = await freePort();
    const client = httpWitness({ url: new URL(`http://127.0.0.1:${port}/w/`), timeoutMs: CLIENT_MS });
    const witnesses = new Cosigners([{ key: sound.key, client }], () => AbortSignal.timeout(CLIENT_MS));
    const store = new MemoryTileStore();
    const { result, ms } = await timed(new Sealer(fixedLog(store, { witnesses }), store).seal(lines));
    expect(result.asked[0]?.outcome).toBe('unavailable');
    expect(ms).toBeLessThan(WAITED_MS);
  });
});
