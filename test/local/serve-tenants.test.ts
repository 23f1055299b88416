// The tenant gateway of `protector serve` and `protector invoke tenants`.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readEventLine } from '../../lib/events/line.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { prepare, runProtector } from '../support/command.ts';
import { serve, serveHere, type Served, type ServedHere } from '../support/served.ts';

const METADATA = { tenantId: 'acme', iclFields: { requestingId: 'ann' }, customFields: {} };

let directory: string;
let child: Served | undefined;
let running: ServedHere | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'serve-tenants-'));
  await prepare(['init', '--dir', directory], { cwd: directory });
});

afterEach(async () => {
  child?.process.kill('SIGKILL');
  child = undefined;
  await running?.stop();
  running = undefined;
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const key = (): string => {
  const secrets = readFileSync(join(directory, 'tenant-secrets.json'), 'utf8');
  return (JSON.parse(secrets) as { 'app-key': string })['app-key'];
};
const events = () =>
  readFileSync(join(directory, 'events', 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => readEventLine(line)!);

async function post(route: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await fetch(`${(child ?? running)!.origin}/api/1/${route}`, {
    method: 'POST',
    headers: { Authorization: `cmk ${key()}` },
    body: JSON.stringify({ ...METADATA, ...body }),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

describe('protector serve', () => {
  test('wraps keys of the sample tenants, and another process unwraps them', async () => {
    child = await serve(directory, ['--port', '0']);
    const wrapped = await post('document/wrap', {});
    expect(wrapped.status).toBe(200);
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    child = undefined;
    running = await serveHere(directory);
    const { dek, edek } = wrapped.body;
    expect(await post('document/unwrap', { encryptedDocumentKey: edek })).toEqual({ status: 200, body: { dek } });
    expect(events().map(({ iclFields: { logMsg } }) => logMsg)).toEqual([
      'Leased a new key via KMS.',
      'Encrypted a DEK using a leased key.',
      'Decrypted a leased key via KMS.',
      'Decrypted an EDEK using a leased key.',
    ]);
  });

  test('refuses a tenant whose KMS key is gone, and goes on when it is back', async () => {
    child = await serve(directory, ['--port', '0']);
    const file = join(directory, 'keys', 'tenants', 'globex.json');
    const globex = { tenantId: 'globex' };
    expect((await post('document/wrap', globex)).status).toBe(200);
    renameSync(file, `${file}.gone`);
    expect(await post('document/wrap', globex)).toMatchObject({ status: 400, body: { code: 207 } });
    renameSync(`${file}.gone`, file);
    expect((await post('document/wrap', globex)).status).toBe(200);
  });

  test('answers no key when its events cannot be written', async () => {
    running = await serveHere(directory);
    const folder = join(directory, 'events');
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, 'no folder');
    expect(await post('document/wrap', {})).toMatchObject({ status: 503, body: { code: 301 } });
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    expect((await post('document/wrap', {})).status).toBe(200);
    // What was refused for want of a durable event is on record all the same: no number is missing.
    const chains = [...Map.groupBy(events(), ({ chainId }) => chainId).values()];
    expect(chains.at(-1)!.map(({ sequence, iclFields: { logMsg } }) => [sequence, logMsg])).toEqual([
      [1, 'Leased a new key via KMS.'],
      [2, 'Encrypted a DEK using a leased key.'],
      [3, 'Encrypted a DEK using a leased key.'],
    ]);
  });
});

async function invoke(
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | null; reply: { statusCode: number } }> {
  const event = gatewayEvent('POST', '/api/1/document/wrap', Object.entries(headers), JSON.stringify(METADATA));
  const args = ['invoke', 'tenants', '--event', '-', '--dir', directory];
  const { code, stdout } = await runProtector(args, { cwd: directory, stdin: JSON.stringify(event) });
  return { status: code, reply: JSON.parse(stdout) as { statusCode: number } };
}

describe('protector invoke tenants', () => {
  test('answers one event, and ends with 1 for a refusal', async () => {
    expect(await invoke({ Authorization: `cmk ${key()}` })).toMatchObject({ status: 0, reply: { statusCode: 200 } });
    expect(await invoke({ Authorization: 'cmk x' })).toMatchObject({ status: 1, reply: { statusCode: 401 } });
  });
});
