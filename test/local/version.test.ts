import { expect, test } from '@jest/globals';
import { RELEASE } from '../../lib/contract/release.ts';
import { runProtector } from '../support/command.ts';

test('--version prints the release', async () => {
  expect(await runProtector(['--version'], { cwd: process.cwd() })).toEqual({
    code: 0,
    stdout: `${RELEASE}\n`,
    stderr: '',
  });
});
