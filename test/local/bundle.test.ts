import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { RELEASE } from '../../lib/contract/release.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { buildBundles } from '../support/bundle.ts';
import { childEnvironment } from '../support/command.ts';
import { nativeDuckdb } from '../support/duckdb.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { startFakeBucket } from '../support/fake-bucket.ts';
import { deployTo, type LambdaSurroundings } from '../support/lambda.ts';
import { POLICY, policyContent, redshiftEvent } from '../support/policy.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/**
 * For functions that a caller waits for: a larger bundle starts slower. What refuses work early (a JSON reader that knows
 * spellings, the least size of answers, the arithmetic of long values) is 8 KB of it; what the tokens of each element show,
 * and the comparison of two elements before a reprotect, are 6 KB.
 */
const MAX_BUNDLE_BYTES = 440 * 1024;

/** Files of functions/ that export a handler. */
const FUNCTIONS = readdirSync(join(ROOT, 'functions'))
  .filter(
    (file) =>
      file.endsWith('.ts') && /^export const handler\b/m.test(readFileSync(join(ROOT, 'functions', file), 'utf8')),
  )
  .map((file) => file.slice(0, -'.ts'.length));

describe('the bundles', () => {
  let directory: string;
  let fake: FakeAws;
  let surroundings: LambdaSurroundings;
  const bundle = (name: string): string => join(directory, name, 'index.cjs');

  beforeAll(async () => {
    directory = await buildBundles();
    fake = await startFakeAws();
    surroundings = await deployTo(fake, directory);
  });

  afterAll(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });

  /** Loads a bundle alone in a new process, as Lambda does, and runs a line of code over it. */
  async function load(
    name: string,
    code: string,
    environment: Readonly<Record<string, string>>,
    before = '',
  ): Promise<string> {
    const script = `${before}; const bundle = require(${JSON.stringify(bundle(name))}); ${code}`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: directory,
      env: { ...childEnvironment(), ...environment },
    });
    return stdout.trim().split('\n').at(-1)!; // metrics may be before it
  }

  async function invoke(environment: Readonly<Record<string, string>>): Promise<unknown> {
    const event = JSON.stringify(redshiftEvent('pty_protect_dessn', ['900-12-3456', null]));
    const code = `bundle.handler(${event}, { awsRequestId: 'r' }).then((reply) => console.log(JSON.stringify(reply)))`;
    return JSON.parse(await load('redshift', code, environment));
  }

  /** The status of a REST request with a token. */
  async function statusOf(signed: string, settings: Readonly<Record<string, string>>): Promise<number> {
    const body = JSON.stringify({ data_element: 'deSSN', data: ['900-12-3456'] });
    const event = JSON.stringify({ path: '/v1/protect', headers: { authorization: `Bearer ${signed}` }, body });
    const code = `bundle.handler(${event}, { awsRequestId: 'r' }).then((reply) => console.log(reply.statusCode))`;
    return Number(await load('rest', code, { ...surroundings, authorization: 'JWT', ...settings }));
  }

  test('are made of every entry point that exports a handler, and each loads alone', async () => {
    expect(FUNCTIONS).toEqual(expect.arrayContaining([...FRONT_ENDS]));
    for (const name of FUNCTIONS) {
      expect(existsSync(bundle(name))).toBe(true);
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      expect([name, await load(name, 'console.log(typeof bundle.handler)', {})]).toEqual([name, 'function']);
    }
  });

  test('hold the version of package.json, and nothing else of that file or of a package’s own', () => {
    for (const name of FUNCTIONS) {
      const code = readFileSync(bundle(name), 'utf8');
      expect([name, code.includes('@biomejs/biome'), code.includes('devDependencies')]).toEqual([name, false, false]);
    }
    expect(readFileSync(bundle('redshift'), 'utf8')).toContain(JSON.stringify(RELEASE));
  });

  test.each([...FRONT_ENDS, 'tenant-gateway'])(`of %s has at most ${MAX_BUNDLE_BYTES} bytes`, async (name) => {
    expect((await stat(bundle(name))).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
  });

  test('of redshift protects a batch with nothing but its environment variables', async () => {
    const calls = fake.calls.length;
    expect(await invoke(surroundings)).toEqual({
      success: true,
      num_records: 2,
      results: [expect.stringMatching(/^\d{3}-\d{2}-\d{4}$/), null],
    });
    expect(fake.calls.length).toBeGreaterThan(calls);
  });

  test('of redshift makes the same tokens on a machine without WebAssembly', async () => {
    const event = JSON.stringify(redshiftEvent('pty_protect_dessn', ['900-12-3456', '123-45-6789', null]));
    const call = `bundle.handler(${event}, { awsRequestId: 'r' }).then((reply) => console.log(reply.results.join()))`;
    const there = await load('redshift', call, surroundings, 'globalThis.WebAssembly = undefined');
    expect(there).toMatch(/^\d{3}-\d{2}-\d{4},\d{3}-\d{2}-\d{4},$/);
    expect(await load('redshift', call, surroundings)).toBe(there);
  });

  /** V8's compiled form of redshift. */
  const cache = (): string => join(directory, 'redshift', 'index.cache');

  /** Puts the digest of source and compiled form in front, as the build does. */
  function sealed(compiled: Buffer): Buffer {
    const whole = Buffer.concat([readFileSync(bundle('redshift')), compiled]);
    return Buffer.concat([hash('sha256', whole, 'buffer'), compiled]);
  }

  /** Starts the function as Lambda does. Returns whether V8 took the cache, how many starts were counted that it did not, and the reply. */
  async function start(flags: readonly string[] = []): Promise<unknown> {
    const event = JSON.stringify(redshiftEvent('pty_protect_dessn', ['900-12-3456', null]));
    const code = `const { script, handler } = await import(${JSON.stringify(join(directory, 'redshift', 'index.mjs'))});
      const { success } = await handler(${event}, { awsRequestId: 'r' });
      console.log(JSON.stringify([String(script.cachedDataRejected ?? 'none'), success]));`;
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', code], {
      cwd: directory,
      env: { ...childEnvironment(), ...surroundings },
    });
    const counted = stdout.split('\n').filter((line) => line.includes('"CodeCacheRefused":1')).length;
    return [...(JSON.parse(stdout.trim().split('\n').at(-1)!) as unknown[]), counted];
  }

  describe('with a code cache', () => {
    let taken: Buffer;

    beforeAll(async () => {
      await promisify(execFile)(
        process.execPath,
        ['functions/runtime/bundle/take-code-cache.ts', join(directory, 'redshift')],
        {
          cwd: ROOT,
          env: childEnvironment(),
        },
      );
      taken = readFileSync(cache());
    });
    afterAll(() => rm(cache()));

    test('redshift starts from it', async () => {
      expect(await start()).toEqual(['false', true, 0]);
    });

    test('redshift refuses one that V8 took with other flags, counts the start, and answers', async () => {
      expect(await start(['--expose-gc'])).toEqual(['true', true, 1]);
    });

    test.each([
      ['of which a byte is another', () => taken.with(taken.length - 100, taken.at(-100)! ^ 1)],
      ['that was cut off', () => taken.subarray(0, taken.length / 2)],
      ['that is empty', () => Buffer.alloc(0)],
      // V8's header: a number that depends on build and architecture, then hashes of version, source and flags (code-serializer.h).
      ['of V8 for another architecture', () => sealed(Buffer.from(taken.subarray(32)).fill(7, 0, 4))],
      ['of a version of V8 that is not this one', () => sealed(Buffer.from(taken.subarray(32)).fill(7, 4, 8))],
    ])('redshift refuses one %s, counts the start, and answers', async (_, change) => {
      writeFileSync(cache(), change());
      try {
        expect(await start()).toEqual([expect.stringMatching(/^(?:true|none)$/), true, 1]);
      } finally {
        writeFileSync(cache(), taken);
      }
    });
  });

  test('of redshift counts in S3 what a user sees, over several starts, and refuses the rest', async () => {
    const document = JSON.parse(JSON.stringify(POLICY)) as { roles: { name: string; maxUnprotectPerDay?: number }[] };
    for (const role of document.roles) role.maxUnprotectPerDay = 3;
    const own = await mkdtemp(join(tmpdir(), 'bundle-budgets-'));
    const kms = await startFakeAws();
    const bucket = await startFakeBucket();
    try {
      const limited = await deployTo(kms, own, { ...policyContent(), policy: parsePolicy(document) });
      const event = JSON.stringify(redshiftEvent('pty_unprotect_dessn', ['900-12-3456', '900-12-3457', null]));
      const code = `bundle.handler(${event}, { awsRequestId: 'r' }).then((reply) => console.log(JSON.stringify(reply)))`;
      const ask = async (settings: Record<string, string>): Promise<unknown> =>
        JSON.parse(await load('redshift', code, { ...limited, ...settings }));
      const there = { BUDGET_STORE: 's3://counts/budgets/', AWS_ENDPOINT_URL_S3: bucket.endpoint };
      // Another environment changes the count first: the class of that error lies in the file beside.
      bucket.fail({ kind: 'conflict', times: 1, operation: 'PUT' });
      expect(await ask(there)).toMatchObject({ success: true, num_records: 3 });
      expect(bucket.unusedFaults()).toEqual([]);
      expect(await ask(there)).toMatchObject({
        success: false,
        error_msg: expect.stringContaining('see 3 values a day'),
      });
      expect([...bucket.objects].map(([key, body]) => [key.replace(/[0-9a-f]{64}/, 'user'), body.toString()])).toEqual([
        [`budgets/${new Date().toISOString().slice(0, 10)}/user.json`, '{"taken":2}\n'],
      ]);
      expect(await ask({})).toMatchObject({ success: false, error_msg: expect.stringContaining('BUDGET_STORE') });
      expect(await ask({ BUDGET_STORE: '/tmp' })).toMatchObject({
        error_msg: expect.stringContaining('s3://bucket/prefix'),
      });
    } finally {
      await bucket.close();
      await kms.close();
      await rm(own, { recursive: true });
    }
  });

  test.each([
    ...FRONT_ENDS.flatMap((name) =>
      ['re2js', '@aws-sdk/client-kinesis'].map((beside) => [name, beside, 'index'] as const),
    ),
    ['rest', 'jose', 'tokens'] as const,
    ['rest', '@aws-sdk/client-secrets-manager', 'tokens'] as const,
    ['log-forwarder', '@aws-sdk/client-secrets-manager', 'index'] as const,
  ])('of %s has %s beside it, for those who use it', async (name, beside, file) => {
    expect(readFileSync(join(directory, name, `${file}.cjs`), 'utf8')).toContain(`("${beside}")`); // require or import
    const found = `console.log(require.resolve('${beside}', { paths: [${JSON.stringify(join(directory, name))}] }))`;
    expect(await load(name, found, {})).toBe(join(directory, name, 'node_modules', beside, 'index.js'));
  });

  test('of redshift takes the policy’s user from a name by USERNAME_REGEX, and does not start with a bad one', async () => {
    // The expression makes `user` of `test_user`, and the policy has no user of this name.
    expect(await invoke({ ...surroundings, USERNAME_REGEX: '^test_(.*)$' })).toMatchObject({
      success: false,
      error_msg: expect.stringContaining('username could not be found'),
    });
    expect(await invoke({ ...surroundings, USERNAME_REGEX: '^(test_user)$' })).toMatchObject({ success: true });
    expect(await invoke({ ...surroundings, USERNAME_REGEX: '^.*$' })).toMatchObject({
      success: false,
      error_msg: expect.stringContaining('USERNAME_REGEX: '),
    });
    expect(await invoke({ ...surroundings, service_user: 'analyst' })).toMatchObject({
      success: false,
      error_msg: expect.stringContaining('User not authorized'),
    });
  });

  test('of log-sealer asks for timestamps without the library that verifies them', async () => {
    const code = readFileSync(bundle('log-sealer'), 'utf8');
    expect(code).toContain('timestamp authority');
    expect(code).not.toMatch(/pkijs|asn1js/);
    expect((await stat(bundle('log-sealer'))).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
  });

  test('of file-protector loads DuckDB when a job is on Parquet, with the native part that its setting names', async () => {
    const loaded = `console.log(Object.keys(require.cache).filter((file) => file.includes('duckdb')).length)`;
    expect(await load('file-protector', loaded, {})).toBe('0');
    const beside = JSON.stringify(join(directory, 'file-protector/node_modules/@duckdb/node-api/index.js'));
    const code = `
      const { DuckDBInstance } = require(${beside});
      DuckDBInstance.create(':memory:').then((one) => one.connect()).then((one) => one.runAndReadAll('SELECT 40 + 2'))
        .then((read) => console.log(read.getRowsJson()[0][0]));`;
    expect(await load('file-protector', code, { DUCKDB_BINDINGS: nativeDuckdb() })).toBe('42');
  });

  test('of rest protects a column, and finds the OpenAPI document beside it', async () => {
    const body = JSON.stringify({ user: 'test_user', data_element: 'deSSN', data: ['900-12-3456'] });
    const events = JSON.stringify([{ path: '/v1/protect', body }, { path: '/v1/openapi.json' }]);
    const code = `Promise.all(${events}.map((event) => bundle.handler(event, { awsRequestId: 'r' }))).then((replies) => console.log(JSON.stringify(replies)))`;
    const [column, document] = JSON.parse(await load('rest', code, surroundings)) as { body: string }[];
    expect(JSON.parse(column!.body)).toMatchObject({ success: true, results: [expect.stringMatching(/^[\d-]{11}$/)] });
    expect(JSON.parse(document!.body)).toMatchObject({ openapi: '3.1.0' });
  });

  test('of rest takes the user of a JSON Web Token, which a package beside it reads', async () => {
    const secret = Buffer.alloc(32, 7);
    const token = await new SignJWT({ sub: 'test_user' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5 minutes')
      .sign(secret);
    const here = { jwt_secret_base64: secret.toString('base64') };
    expect(await statusOf(token, here)).toBe(200);
    expect(await statusOf(`${token}x`, here)).toBe(403);
    expect(await statusOf(token, { jwt_secret_base64: 'AAAA' })).toBe(500);
    fake.putSecret('prod/jwt', secret.toString('base64'));
    expect(await statusOf(token, { jwt_secret_arn: 'prod/jwt' })).toBe(200);
    expect(await statusOf(token, { jwt_secret_arn: 'prod/other' })).toBe(500);
  });

  test('of redshift answers nothing without credentials', async () => {
    const { AWS_ACCESS_KEY_ID: _, ...rest } = surroundings;
    expect(await invoke(rest)).toMatchObject({ success: false });
  });
});
