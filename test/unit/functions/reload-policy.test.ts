import { mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reloadingPolicy } from '../../../functions/runtime/reload/policy.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { callerNamed } from '../../support/caller.ts';
import { policyContent } from '../../support/policy.ts';

let directory: string;
let path: string;
let now: number;
let loads: string[];
let retired: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'policy-file-'));
  path = join(directory, 'policy.sealed.json');
  now = 0;
  loads = [];
  retired = [];
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Sealed in one step, as `protector policy seal` does. */
async function seal(version: string): Promise<void> {
  await writeFile(`${path}.new`, version);
  await rename(`${path}.new`, path);
}

/** The content of the file is the version of the policy. */
async function loadVersion(file: string): Promise<CompiledPolicy> {
  const version = await readFile(file, 'utf8');
  loads.push(version);
  if (version === 'bad') throw new BundleError('BUNDLE_TAMPERED', 'bad');
  return compilePolicy({ version, content: policyContent() }, () => new Uint8Array(12));
}

function source(load?: (file: string) => Promise<CompiledPolicy>): () => Promise<CompiledPolicy> {
  return reloadingPolicy(path, load ?? loadVersion, {
    checkEveryMs: 1000,
    nowMs: () => now,
    retire: ({ version }) => retired.push(version),
  });
}

const versionOf = async (policy: () => Promise<CompiledPolicy>): Promise<string> => (await policy()).version;

describe('a policy file that may be replaced', () => {
  test('is read once, and again only when a check finds it replaced', async () => {
    await seal('1');
    const policy = source();
    expect([await versionOf(policy), await versionOf(policy)]).toEqual(['1', '1']);
    await seal('2');
    now = 999;
    expect(await versionOf(policy)).toBe('1');
    now = 1000;
    expect(await versionOf(policy)).toBe('2');
    now = 5000;
    expect(await versionOf(policy)).toBe('2');
    expect([loads, retired]).toEqual([['1', '2'], ['1']]);
  });

  test('is checked every two seconds by default', async () => {
    await seal('1');
    const policy = reloadingPolicy(path, loadVersion, { nowMs: () => now, retire: () => {} });
    await policy();
    await seal('2');
    now = 1999;
    expect(await versionOf(policy)).toBe('1');
    now = 2000;
    expect(await versionOf(policy)).toBe('2');
  });

  test('is read again when it is overwritten with as many bytes', async () => {
    await seal('1');
    const policy = source();
    await policy();
    await writeFile(path, '2');
    await utimes(path, 1, 1); // a clock that went back
    now = 1000;
    expect(await versionOf(policy)).toBe('2');
  });

  test('stops the service when it is bad or missing: the policy before it does not serve on', async () => {
    await seal('1');
    const policy = source();
    await policy();
    now = 1000;
    await seal('bad');
    await expect(policy()).rejects.toMatchObject({ code: 'BUNDLE_TAMPERED' });
    await rm(path);
    await expect(policy()).rejects.toMatchObject({
      code: 'BUNDLE_MALFORMED',
      message: expect.stringContaining('ENOENT'),
    });
    await seal('3');
    expect(await versionOf(policy)).toBe('3');
    expect(retired).toEqual(['1']);
  });

  test('is read once for concurrent requests', async () => {
    await seal('1');
    const policy = source();
    expect(await Promise.all([versionOf(policy), versionOf(policy)])).toEqual(['1', '1']);
    expect(loads).toEqual(['1']);
  });

  test('keeps a request under the version that it began with, which its record names', async () => {
    await seal('1');
    const entries: { policyVersion?: string | undefined }[] = [];
    const protector = new Protector(source(), { record: (entry) => void entries.push(entry) }, () => 0);
    const run = (whileReading: () => void = () => {}) =>
      protector.runAll(
        [1, 2].map(() => ({
          origin: { caller: callerNamed('test_user'), vendor: 'aws.redshift' },
          target: () => ({ operation: 'Protect', element: 'deSSN' }) as const,
          column: () => {
            whileReading();
            return ['900123456'];
          },
        })),
        (results) => results.every(({ ok }) => ok),
      );
    await run();
    await seal('2');
    const under = run(() => {
      now = 1000;
    });
    expect([await under, await run()]).toEqual([true, true]);
    expect(entries.map(({ policyVersion }) => policyVersion)).toEqual(['1', '1', '1', '1', '2', '2']);
  });
});

describe('a replaced policy', () => {
  test('makes no new methods once its keys are overwritten, and its existing methods still work', () => {
    const policy = compilePolicy({ version: '1', content: policyContent() }, () => new Uint8Array(12));
    const made = policy.method('deSSN');
    const before = made.protect(['900123456'], undefined).column;
    policy.destroy();
    expect(made.protect(['900123456'], undefined).column).toEqual(before);
    expect(policy.method('deSSN')).toBe(made);
    expect(() => policy.method('deCCN')).toThrow(new RangeError('The keyring is destroyed'));
  });
});
