// Runs the reference product's public clients, unmodified, against `protector serve`. They are not part of this
// repository: CI installs them and sets `SDK_PYTHON` (a Python with the client) and `SDK_JAVA` (a folder of jar files);
// without them the checks are listed as skipped.
import { execFile } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { checksOf, failures } from './checks.ts';
import { type ClientFront, startClientFront } from './front.ts';
import { protector, serve, type Served } from '../support/served.ts';
import { readWirePolicy } from '../support/wire-vectors.ts';

const { SDK_PYTHON: python, SDK_JAVA: java, CI } = process.env;
const fileAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);

jest.setTimeout(120_000);

let directory: string;
const servers: Served[] = [];
let open: Served;
let byToken: Served;

const secret = Buffer.alloc(32, 7);

beforeAll(async () => {
  if (python === undefined && java === undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'sdk-'));
  protector(directory, 'init');
  // A data store's keys belong to its workspace.
  const { dataStore } = JSON.parse(readFileSync(join(directory, 'policy.json'), 'utf8')) as { dataStore: string };
  const policy = { ...(readWirePolicy('policy') as object), dataStore };
  writeFileSync(join(directory, 'policy.json'), JSON.stringify(policy));
  protector(directory, 'policy', 'seal');
  open = await serve(directory, ['--port', '0']);
  const settings = { authorization: 'JWT', jwt_secret_base64: secret.toString('base64') };
  byToken = await serve(directory, ['--port', '0'], settings);
  servers.push(open, byToken);
});

afterAll(() => {
  for (const server of servers) server.process.kill('SIGKILL');
  if (servers.length > 0) rmSync(directory, { recursive: true, force: true });
});

test('CI has both clients', () => {
  const missing = Object.entries({ SDK_PYTHON: python, SDK_JAVA: java }).filter(([, where]) => where === undefined);
  expect(CI === undefined ? [] : missing).toEqual([]);
});

(python === undefined ? describe.skip : describe)('the Python client (SDK_PYTHON)', () => {
  const check = fileAt('sdk-python/check.py');

  test('protects, unprotects, reprotects, and classifies every error', async () => {
    const lines = await checksOf(python!, [check], { HOME: directory, PTY_CP_HOST: `${open.origin}/pty` });
    expect(failures(lines)).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
  });

  test('acts as the user of its token until the token expires', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    for (const [username, exp, expected] of [
      [
        'outsider',
        seconds + 600,
        '3, The user does not have the appropriate permissions to perform the requested operation.',
      ],
      ['nobody', seconds + 600, '1, The username could not be found in the policy.'],
      ['admin', seconds - 600, 'token expired'],
    ] as const) {
      const signed = new SignJWT({ username, exp }).setProtectedHeader({ alg: 'HS256' });
      const lines = await checksOf(python!, [check], {
        HOME: directory,
        PTY_CP_HOST: `${byToken.origin}/pty`,
        PTY_AUTH_MODE: 'bearer_token',
        PTY_STATIC_TOKEN: await signed.sign(createSecretKey(secret)),
        EXPECT: expected,
      });
      expect(failures(lines)).toEqual([]);
    }
  });

  test('passes the migration check of its own tool', async () => {
    const tool = join(dirname(python!), 'pty-migrate');
    const env = { ...process.env, HOME: directory, PTY_AUTH_MODE: 'none', PTY_CP_HOST: `${open.origin}/pty` };
    const { stdout } = await run(tool, ['check', '--with-protect-fn-test', '--sdk', 'python'], { env });
    expect(stdout).toContain('READY');
    expect(stdout).not.toContain('NOT READY');
  });
});

(java === undefined ? describe.skip : describe)('the Java client (SDK_JAVA)', () => {
  let front: ClientFront | undefined;

  beforeAll(async () => {
    front = await startClientFront(open.origin, directory);
  });

  afterAll(() => front?.close());

  test('protects, unprotects, reprotects, and classifies every error', async () => {
    const program = [fileAt('sdk-java/Check.java'), fileAt('../vectors/wire/rest')];
    const lines = await checksOf('java', [...front!.javaOptions, '-cp', `${java}/*`, ...program], {
      HOME: directory,
      DEV_EDITION_HOST: front!.host,
      DEV_EDITION_EMAIL: 'somebody@example.com',
      DEV_EDITION_PASSWORD: 'none',
      DEV_EDITION_API_KEY: 'none',
    });
    expect(failures(lines)).toEqual([]);
    expect(lines.length).toBeGreaterThan(80);
  });
});
