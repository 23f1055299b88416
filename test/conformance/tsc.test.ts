// Runs the reference product's public tenant-security clients, unmodified, against `protector serve`. They are not part
// of this repository: CI installs them and sets `TSC_NODE` (a folder with the client for Node in its node_modules) and
// `TSC_ALLOY` (a Python with Alloy); without them the checks are listed as skipped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createInsecureLocalTenantKey } from '../../lib/adapters/file/insecure-local-tenant-kms.ts';
import { readEventLine } from '../../lib/events/line.ts';
import type { SecurityEvent } from '../../lib/events/event.ts';
import { PREDEFINED_EVENTS } from '../../lib/events/names.ts';
import { nativeEvent } from '../../lib/siem/native.ts';
import { checksOf, failures } from './checks.ts';
import { protector, serve, type Served } from '../support/served.ts';

const { TSC_NODE: node, TSC_ALLOY: python, CI } = process.env;
const fileAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

jest.setTimeout(120_000);

const key = (name: string) => `insecure-local:${name}`;
const KEYS = ['direct', 'direct-2', 'leased', 'disabled', 'disabled-2', 'lapsed', 'other'];

/** Of `after`, `direct` has moved to another KMS key, `disabled` has disabled its first, and `lapsed` has no primary key. */
function tenantsFile(after: boolean): object {
  return {
    apiKeys: [{ id: 'app', secretRef: 'app-key' }],
    unconfigured: 'stdout',
    tenants: [
      {
        id: 'direct',
        kms: [
          { id: 1, key: key('direct'), primary: !after },
          { id: 2, key: key('direct-2'), primary: after },
        ],
      },
      { id: 'leased', kms: [{ id: 1, key: key('leased'), primary: true }], leasing: true },
      {
        id: 'disabled',
        kms: [
          { id: 1, key: key('disabled'), primary: !after, state: after ? 'disabled' : 'active' },
          { id: 2, key: key('disabled-2'), primary: after },
        ],
      },
      { id: 'lapsed', kms: [{ id: 1, key: key('lapsed'), primary: !after }] },
      { id: 'no-primary', kms: [{ id: 1, key: key('other') }] },
      { id: 'inactive', kms: [{ id: 1, key: key('other'), state: 'disabled' }] },
    ],
  };
}

interface Shown {
  readonly tenants: readonly {
    readonly id: string;
    readonly secrets: readonly { readonly id: number; readonly path?: string; readonly current: boolean }[];
  }[];
}

test('CI has both clients', () => {
  const missing = Object.entries({ TSC_NODE: node, TSC_ALLOY: python }).filter(([, where]) => where === undefined);
  expect(CI === undefined ? [] : missing).toEqual([]);
});

let directory: string;
let server: Served;

const seal = (after: boolean): void => {
  writeFileSync(join(directory, 'tenants.json'), JSON.stringify(tenantsFile(after)));
  protector(directory, 'tenants', 'seal');
};
const apiKey = (): string => {
  const secrets = readFileSync(join(directory, 'tenant-secrets.json'), 'utf8');
  return (JSON.parse(secrets) as { 'app-key': string })['app-key'];
};

beforeAll(async () => {
  if (node === undefined && python === undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'tsc-'));
  protector(directory, 'init');
  await Promise.all(KEYS.map((name) => createInsecureLocalTenantKey(join(directory, 'keys', 'tenants'), key(name))));
  rmSync(join(directory, 'tenants.sealed.json')); // the sample has other tenants
  seal(false);
  server = await serve(directory, ['--port', '0']);
});

afterAll(() => {
  server?.process.kill('SIGKILL');
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** Accepted events, in order. */
const accepted = (): SecurityEvent[] => {
  const path = join(directory, 'events', 'events.jsonl');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return lines.map((line) => readEventLine(line)!);
};

const check = (...more: string[]): Promise<string[]> => {
  const state = join(directory, 'state.json');
  const args = [fileAt('tsc-node/check.mjs'), node!, server.origin, apiKey(), state, ...more];
  return checksOf(process.execPath, args, { NODE_OPTIONS: '' });
};

/** Those that the client for Node has caused. */
const ofNode = (): SecurityEvent[] => accepted().filter(({ iclFields: { requestId } }) => requestId === 'Rq8675309');
/** As it is delivered. */
const shown = (event: SecurityEvent | undefined): unknown => JSON.parse(nativeEvent(event!));

(python === undefined ? describe.skip : describe)('the client Alloy (TSC_ALLOY)', () => {
  test('encrypts and decrypts documents, batches, fields and vectors, rekeys, logs every event, classifies every error', async () => {
    const lines = await checksOf(python!, [fileAt('tsc-alloy/check.py'), server.origin, apiKey()], {});
    expect(failures(lines)).toEqual([]);
    expect(lines.length).toBeGreaterThan(65);
  });
});

(node === undefined ? describe.skip : describe)('the client for Node (TSC_NODE)', () => {
  test('encrypts and decrypts documents, batches, streams and fields, rekeys, logs every event, classifies every error', async () => {
    const lines = await check();
    expect(failures(lines)).toEqual([]);
    expect(lines.length).toBeGreaterThan(90);
  });

  test('reads its documents and fields after keys, secrets and configurations have changed', async () => {
    protector(directory, 'tenants', 'rotate', 'direct');
    // Three secrets of one path: the current one, a former one and an archived one.
    const former = Array.from({ length: 2 }, () => {
      protector(directory, 'tenants', 'rotate', 'leased', '--path', 'archived');
      const { tenants } = JSON.parse(protector(directory, 'tenants', 'show', '--json')) as Shown;
      const { secrets } = tenants.find(({ id }) => id === 'leased')!;
      return secrets.find(({ path, current }) => path === 'archived' && current)!.id;
    });
    protector(directory, 'tenants', 'archive', 'leased', String(former[0]), '--path', 'archived');
    seal(true);
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    server = await serve(directory, ['--port', '0']);
    const lines = await check('after');
    expect(failures(lines)).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(16);
  });

  test('leaves one event for each predefined event, a custom event and each key', () => {
    const names = accepted().map(({ iclFields: { event } }) => String(event));
    const predefined = [...PREDEFINED_EVENTS];
    expect(predefined.filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toContain('CUSTOM_MY_EVENT');
    expect(JSON.stringify(accepted())).not.toContain('too large'); // refused as a whole
    const texts = new Set(accepted().map(({ iclFields: { logMsg } }) => logMsg));
    expect([...texts]).toEqual(
      expect.arrayContaining([
        'DEK encrypted via KMS.',
        'EDEK decrypted via KMS.',
        'Leased a new key via KMS.',
        'Decrypted a leased key via KMS.',
        'Encrypted a DEK using a leased key.',
        'Decrypted an EDEK using a leased key.',
      ]),
    );
  });

  test('has its events delivered in the documented shape', () => {
    const rayId = expect.stringMatching(/^[A-Za-z0-9_-]{16}$/);
    const ours = { eventId: expect.any(String), chainId: expect.any(String), sequence: expect.any(Number) };
    const login = ofNode().find(({ iclFields: { event } }) => event === 'USER_LOGIN');
    expect(shown(login)).toEqual({
      customFields: { field2: 'pokey', field1: 'gumby' },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      iclFields: {
        requestingId: 'userId1',
        dataLabel: 'PII',
        sourceIp: '',
        objectId: 'userId1',
        event: 'USER_LOGIN',
        logdriverRayId: rayId,
        requestId: 'Rq8675309',
        tspRayId: rayId,
        ...ours,
      },
      tenantId: 'direct',
    });
    const leased = ofNode().find(({ iclFields: { logMsg } }) => logMsg === 'Decrypted a leased key via KMS.');
    expect(shown(leased)).toEqual({
      tenantId: 'leased',
      customFields: { field1: 'gumby', field2: 'pokey' },
      iclFields: {
        tspRayId: rayId,
        dataLabel: 'PII',
        requestingId: 'serviceOrUserId',
        logdriverRayId: rayId,
        logMsg: 'Decrypted a leased key via KMS.',
        event: 'CUSTOM_DECRYPT_LEASED_KEY',
        sourceIp: '',
        objectId: 'doc',
        requestId: 'Rq8675309',
        ...ours,
      },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });
});
