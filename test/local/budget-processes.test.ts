// Processes that share the counts of a workspace, and are killed at any point.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fileBudgetStore } from '../../lib/adapters/file/budget-store.ts';
import { concurrently } from '../../lib/base/concurrently.ts';
import { childEnvironment } from '../support/child.ts';

const PROGRAM = fileURLToPath(new URL('../support/budget-spender.ts', import.meta.url));
const LIMIT = 500;
const SIZE = 1;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'budgets-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Runs a process, kills it once it has shown so many batches, and resolves to the values that it has shown. */
function spend(killAfter = Number.POSITIVE_INFINITY): Promise<{ shown: number; isSpent: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [PROGRAM, join(root, 'budgets'), String(LIMIT), String(SIZE)], {
      env: childEnvironment(root),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      const lines = text.split('\n').slice(0, -1);
      const isSpent = lines.at(-1) === 'spent';
      resolve({ shown: SIZE * (lines.length - (isSpent ? 1 : 0)), isSpent });
    });
  });
}

async function counted(): Promise<number> {
  const [day] = await readdir(join(root, 'budgets'));
  const [user] = await readdir(join(root, 'budgets', day!));
  const { body } = (await fileBudgetStore(join(root, 'budgets')).get(`${day}/${user}`))!;
  return (JSON.parse(Buffer.from(body).toString()) as { taken: number }).taken;
}

test('20 processes that are killed show no more than the limit together, and the next one goes on from their count', async () => {
  const processes = Array.from({ length: 20 }, (_, i) => 1 + (i % 7));
  const results: number[] = [];
  await concurrently(processes, 10, async (killAfter) => {
    results.push((await spend(killAfter)).shown);
  });
  const shown = results.reduce((sum, one) => sum + one, 0);
  const before = await counted();
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThanOrEqual(before);
  expect(before).toBeLessThanOrEqual(LIMIT);
  const last = await spend();
  expect(last).toEqual({ shown: LIMIT - before, isSpent: true });
  expect(await counted()).toBe(LIMIT);
});

test('a version of a count is created by one process only', async () => {
  const store = fileBudgetStore(root);
  const write = (n: number): Promise<string> => store.put('d/u.json', Buffer.from(String(n)), 'absent');
  const results = await Promise.allSettled([write(1), write(2), write(3)]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(write(4)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  const found = (await store.get('d/u.json'))!;
  const tag = await store.put('d/u.json', Buffer.from('5'), found);
  await expect(store.put('d/u.json', Buffer.from('6'), found)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  expect(await store.get('d/u.json')).toEqual({ body: Buffer.from('5'), tag });
  expect(await store.get('d/v.json')).toBeUndefined();
  expect((await readdir(join(root, 'd', 'u.json'))).every((name) => /^\d+$/.test(name))).toBe(true);
});

test('a count of a day removes the days that are over for more than a week, and nothing else', async () => {
  const store = fileBudgetStore(root);
  const days = ['2026-10-01', '2026-11-21', '2026-11-22', '2026-11-29', '2026-12-24'];
  for (const day of days) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await mkdir(join(root, day, 'ann.json'), { recursive: true });
  }
  await mkdir(join(root, 'notes'));
  const tag = await store.put('2026-11-29/bob.json', Buffer.from('1'), 'absent');
  expect((await readdir(root)).toSorted()).toEqual(['2026-11-22', '2026-11-29', '2026-12-24', 'notes']);
  // The second count of a user on a day has nothing to look for.
  await mkdir(join(root, '2026-01-01'));
  await store.put('2026-11-29/bob.json', Buffer.from('2'), { tag });
  expect(await readdir(root)).toContain('2026-01-01');
});

test('a directory that is removed under a process is made again', async () => {
  const store = fileBudgetStore(join(root, 'budgets'));
  const write = (): Promise<string> => store.put('2026-11-29/bob.json', Buffer.from('1'), 'absent');
  await write();
  await rm(join(root, 'budgets'), { recursive: true });
  expect(await write()).toBe('1');
});
