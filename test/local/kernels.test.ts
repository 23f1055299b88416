import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { childEnvironment } from '../support/command.ts';

const ROOT = join(import.meta.dirname, '../..');

test('the committed WebAssembly is, byte for byte, what its source compiles to', async () => {
  const script = join(ROOT, 'infra/kernels.ts');
  const checked = promisify(execFile)(process.execPath, [script, '--check'], { cwd: ROOT, env: childEnvironment() });
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});
