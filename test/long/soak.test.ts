import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { childEnvironment } from '../support/command.ts';

const SOAK = fileURLToPath(new URL('../soak/run.ts', import.meta.url));

test('processes killed before, during and after their writes leave records and events of every answer', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, '--batches', '150', '--kills', '15'], {
    env: childEnvironment(),
  });
  expect(stdout).toMatch(
    /^file: 90 batches answered by processes killed 9 times; the verifier accounts for all \d+ records/,
  );
  expect(stdout).toMatch(/^events over file: 75 acknowledged by processes killed \d times; all are there/m);
  expect(stdout.trim().split('\n')).toHaveLength(5);
}, 240_000);
