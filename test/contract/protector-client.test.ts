// The client against the tenant gateway over HTTP, and against a server that misbehaves.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ClientError } from '../../lib/client/errors.ts';
import { ProtectorClient } from '../../lib/client/protector-client.ts';
import { customEvent, PREDEFINED_EVENTS, type EventName, UserEvent } from '../../lib/events/names.ts';
import { readEventLine } from '../../lib/events/line.ts';
import type { TestServer } from '../support/http-server.ts';
import { messages } from '../support/key-service.ts';
import { API_KEYS, tspUnderTest, type TspUnderTest } from '../support/tsp.ts';
import { wipesOf } from '../support/wipes.ts';
import { type Scripted, type ScriptedServer, serveGateway, serveScript } from '../support/tsp-server.ts';

const APP = { requestingUserOrServiceId: 'app' };
const ACME = { tenantId: 'acme', ...APP };
const DOCUMENT = { ssn: Buffer.from('000-12-2345'), name: Buffer.from('Jim Bridger'), empty: Buffer.alloc(0) };
const TEXTS = { ssn: '000-12-2345', name: 'Jim Bridger' };
const text = (fields: Readonly<Record<string, Uint8Array>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Buffer.from(field).toString()]));

describe('the client of the gateway', () => {
  let gateway: TspUnderTest;
  let server: TestServer;
  let client: ProtectorClient;
  beforeEach(async () => {
    gateway = await tspUnderTest();
    server = await serveGateway(gateway);
    client = new ProtectorClient({ url: server.endpoint, apiKey: API_KEYS[0]! });
  });
  afterEach(() => server.close());

  test.each(['acme', 'lessor'])('decrypts the documents that it encrypted, for %s', async (tenantId) => {
    const metadata = { tenantId, ...APP };
    const encrypted = await client.encryptDocument(DOCUMENT, metadata);
    expect(Buffer.from(encrypted.encryptedDocument['ssn']!).includes('000-12-2345')).toBe(false);
    const { plaintextDocument, edek } = await client.decryptDocument(encrypted, metadata);
    expect(text(plaintextDocument)).toMatchObject(TEXTS);
    expect(edek).toBe(encrypted.edek);
  });

  test('unwraps the key that it wrapped, which prints as a secret', async () => {
    const { dek, edek } = await client.wrapKey(ACME);
    expect((await client.unwrapKey(edek, ACME)).expose()).toEqual(dek.expose());
    expect(inspect({ dek }, { depth: 9 })).toContain('[secret]');
  });

  test('sends metadata into the events', async () => {
    const more = {
      dataLabel: 'PII',
      sourceIp: '::1',
      objectId: 'o',
      requestId: 'Rq8675309',
      otherData: { field1: 'gumby' },
    };
    await client.wrapKey({ ...ACME, ...more });
    const { otherData, ...fields } = more;
    expect(gateway.events.at(-1)).toMatchObject({
      tenantId: 'acme',
      iclFields: { requestingId: 'app', ...fields },
      customFields: otherData,
    });
  });

  test('rekeys a document to another tenant', async () => {
    const { encryptedDocument, edek } = await client.encryptDocument(DOCUMENT, ACME);
    const moved = await client.rekey(edek, 'globex', ACME);
    const globex = { ...ACME, tenantId: 'globex' };
    const { plaintextDocument } = await client.decryptDocument({ encryptedDocument, edek: moved }, globex);
    expect(text(plaintextDocument)).toMatchObject(TEXTS);
    await expect(client.unwrapKey(moved, ACME)).rejects.toMatchObject({ code: 'INVALID_PROVIDED_EDEK' });
  });

  test('decrypts the batches that it encrypted, and reports each failure by itself', async () => {
    const encrypted = await client.encryptDocuments(
      new Map([
        ['a', DOCUMENT],
        ['__proto__', DOCUMENT],
      ]),
      ACME,
    );
    expect([...encrypted.documents.keys()]).toEqual(['a', '__proto__']);
    const other = await client.encryptDocument(DOCUMENT, { ...ACME, tenantId: 'globex' });
    const damaged = { ...encrypted.documents.get('a')!, encryptedDocument: { ssn: Buffer.from('none') } };
    const documents = new Map([...encrypted.documents, ['other', other], ['damaged', damaged]]);
    const decrypted = await client.decryptDocuments(documents, ACME);
    expect(
      [...decrypted.documents].map(([id, { plaintextDocument }]) => [id, text(plaintextDocument)['name']]),
    ).toEqual([
      ['a', 'Jim Bridger'],
      ['__proto__', 'Jim Bridger'],
    ]);
    expect([...decrypted.failures].map(([id, { code }]) => [id, code])).toEqual([
      ['other', 'INVALID_PROVIDED_EDEK'],
      ['damaged', 'INVALID_ENCRYPTED_DOCUMENT'],
    ]);
  });

  test('decrypts the streams that it encrypted', async () => {
    const plaintext = Buffer.alloc(300_000, 'Jim Bridger ');
    const { encrypted, edek } = await client.encryptStream(Readable.from([plaintext]), ACME);
    const bytes = await buffer(encrypted);
    const decrypted = await buffer(await client.decryptStream(Readable.from([bytes]), edek, ACME));
    expect(decrypted.equals(plaintext)).toBe(true); // toEqual takes seconds for so many bytes
    const whole = await client.decryptDocument({ encryptedDocument: { stream: bytes }, edek }, ACME);
    expect(plaintext.equals(whole.plaintextDocument['stream']!)).toBe(true);
  });

  test('logs every predefined event and a custom one', async () => {
    const names = [...PREDEFINED_EVENTS, customEvent('INVOICE_PAID')] as EventName[];
    for (const name of names) await client.logSecurityEvent(name, { ...ACME, timestampMillis: 7 });
    const events = gateway.lines.map((line) => readEventLine(line)!).slice(-names.length);
    expect(events.map(({ iclFields, timeMs }) => [iclFields['event'], timeMs])).toEqual(names.map((name) => [name, 7]));
  });
  /** The uses of cached keys that the gateway has recorded. */
  const counts = () =>
    gateway.events
      .filter(({ iclFields }) => 'count' in iclFields)
      .map(({ iclFields: { logMsg, count } }) => [logMsg, count]);

  describe('with a cached key', () => {
    test('encrypts many documents under one key, whose uses the gateway records', async () => {
      const before = gateway.events.length;
      const [edek, documents] = await client.withCachedKey(
        ACME,
        async (key) => [key.edek, [1, 2, 3].map(() => key.encryptDocument(DOCUMENT))] as const,
      );
      const texts = await client.withCachedKey(
        ACME,
        async (key) => documents.map((document) => text(key.decryptDocument(document))['name']),
        { edek },
      );
      expect(texts).toEqual(['Jim Bridger', 'Jim Bridger', 'Jim Bridger']);
      expect(messages(gateway.events.slice(before))).toEqual([
        'DEK encrypted via KMS.',
        'Encrypted using a cached key.',
        'EDEK decrypted via KMS.',
        'Decrypted using a cached key.',
      ]);
      expect(counts()).toEqual([
        ['Encrypted using a cached key.', 3],
        ['Decrypted using a cached key.', 3],
      ]);
      const encryptedDocument = documents[0]!;
      expect(text((await client.decryptDocument({ encryptedDocument, edek }, ACME)).plaintextDocument)).toMatchObject(
        TEXTS,
      );
    });

    test('reports the uses that succeeded before the work fails', async () => {
      const work = client.withCachedKey(ACME, async (key) => {
        key.encryptDocument(DOCUMENT);
        key.decryptDocument(DOCUMENT);
      });
      await expect(work).rejects.toMatchObject({ code: 'INVALID_ENCRYPTED_DOCUMENT' });
      expect(counts()).toEqual([['Encrypted using a cached key.', 1]]);
    });

    test('reports nothing without a use of the key', async () => {
      await client.withCachedKey(ACME, async () => {});
      expect(counts()).toEqual([]);
    });

    test.each([
      ['closed', {}, async (key: { close(): Promise<void> }) => key.close()],
      ['used as often as it may be', { maxUses: 1 }, async () => {}],
      ['too old', { maxAgeMs: 0 }, () => until(() => counts().length > 0)],
    ] as const)('refuses documents, has wiped the key and has reported once the key is %s', async (_, options, end) => {
      const { dek, edek } = await client.wrapKey(ACME);
      const key = await client.cachedKey(ACME, { ...options, edek });
      const { wiped } = await wipesOf([dek.expose()], async () => {
        key.encryptDocument(DOCUMENT);
        await end(key);
      });
      expect(wiped).toBe(1);
      expect(() => key.encryptDocument(DOCUMENT)).toThrow(
        expect.objectContaining({
          code: 'CACHED_KEY_CLOSED',
          message: 'The cached key is closed, too old, or used up',
        }),
      );
      // Reported without a call to close, too.
      await until(() => counts().length > 0);
      await key.close();
      await key.close();
      expect(counts()).toEqual([['Encrypted using a cached key.', 1]]);
    });

    test('reports again at close after a failed report', async () => {
      const impatient = new ProtectorClient({ url: server.endpoint, apiKey: API_KEYS[0]!, attempts: 1 });
      const key = await impatient.cachedKey(ACME);
      key.encryptDocument(DOCUMENT);
      gateway.sink.down = true;
      await expect(key.close()).rejects.toMatchObject({ code: 'SECURITY_EVENT_REJECTED', httpStatus: 503 });
      gateway.sink.down = false;
      await key.close();
      expect(counts()).toEqual([['Encrypted using a cached key.', 1]]);
    });

    test('rejects with both errors when work and report fail', async () => {
      const impatient = new ProtectorClient({ url: server.endpoint, apiKey: API_KEYS[0]!, attempts: 1 });
      const work = impatient.withCachedKey(ACME, async (key) => {
        key.encryptDocument(DOCUMENT);
        gateway.sink.down = true;
        throw new RangeError('work');
      });
      await expect(work).rejects.toMatchObject({ errors: [{ message: 'work' }, { code: 'SECURITY_EVENT_REJECTED' }] });
    });
  });

  test.each<[string, number, number, (client: ProtectorClient) => Promise<unknown>]>([
    [
      'UNAUTHORIZED_REQUEST',
      101,
      401,
      () => new ProtectorClient({ url: server.endpoint, apiKey: 'wrong' }).wrapKey(ACME),
    ],
    ['INVALID_REQUEST_BODY', 102, 400, (one) => one.wrapKey({ ...ACME, tenantId: '' })],
    ['NO_PRIMARY_KMS_CONFIGURATION', 200, 400, (one) => one.wrapKey({ ...ACME, tenantId: 'no-primary' })],
    ['UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS', 201, 400, (one) => one.wrapKey({ ...ACME, tenantId: 'nobody' })],
    ['KMS_CONFIGURATION_DISABLED', 202, 400, (one) => one.unwrapKey(gateway.edeks['acme-disabled']!, ACME)],
    ['INVALID_PROVIDED_EDEK', 203, 400, (one) => one.unwrapKey('AAAA', ACME)],
    ['SECURITY_EVENT_REJECTED', 301, 400, (one) => one.logSecurityEvent('CUSTOM_x', ACME)],
  ])('rejects with the code of the refusal: %s', async (code, serviceCode, httpStatus, call) => {
    const failure: unknown = await call(client).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClientError);
    expect(failure).toMatchObject({ code, serviceCode, httpStatus });
  });
});

/** Resolves when `isSo` holds; rejects when it still does not after 1,000 looks. */
async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; !isSo(); looks++) {
    if (looks === 1_000) throw new Error('It never was so');
    // oxlint-disable-next-line no-await-in-loop -- looks again and again
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the client of a server that misbehaves', () => {
  const KEY = 'K1-secret-of-the-application';
  const GOOD: Scripted = [200, JSON.stringify({ dek: Buffer.alloc(32).toString('base64'), edek: 'e', more: 1 })];
  const BUSY: Scripted = [503, '{"code":208,"message":"later"}'];
  let server: ScriptedServer;
  afterEach(() => server.close());

  const ask = async (...script: Scripted[]): Promise<ProtectorClient> => {
    server = await serveScript(...script);
    return new ProtectorClient({ url: `${server.endpoint}/prefix/`, apiKey: KEY, timeoutMs: 200, backoffMs: 1 });
  };

  test('identifies itself, under any path of the gateway', async () => {
    await (await ask(GOOD)).wrapKey(ACME);
    expect(server.requests).toEqual([
      {
        path: '/prefix/api/1/document/wrap',
        headers: expect.objectContaining({ authorization: `cmk ${KEY}`, 'x-icl-tsc-language': 'typescript' }),
        body: { tenantId: 'acme', iclFields: { requestingId: 'app' }, customFields: {} },
      },
    ]);
  });

  test.each<[string, readonly Scripted[], number]>([
    ['no answer', ['drop', 'drop', GOOD], 3],
    ['an answer too late', ['hang', GOOD], 2],
    ['a busy gateway', [BUSY, BUSY, GOOD], 3],
    ['a throttled KMS', [[429, '{"code":209,"message":"slower"}'], GOOD], 2],
    ['a broken load balancer', [[502, '<html>'], [504, ''], GOOD], 3],
  ])('retries a request for a key after %s', async (_, script, requests) => {
    await (await ask(...script)).wrapKey(ACME);
    expect(server.requests).toHaveLength(requests);
  });

  test.each<[string, readonly Scripted[], object, number]>([
    ['no answer', ['drop'], { code: 'UNABLE_TO_MAKE_REQUEST', serviceCode: 0, httpStatus: undefined }, 3],
    [
      'an answer too late',
      ['hang'],
      { code: 'UNABLE_TO_MAKE_REQUEST', message: expect.stringContaining('TimeoutError') },
      3,
    ],
    ['a busy gateway', [BUSY], { code: 'KMS_UNREACHABLE', serviceCode: 208, httpStatus: 503, message: 'later' }, 3],
    ['a wrong key', [[401, '{"code":101,"message":"no"}']], { code: 'UNAUTHORIZED_REQUEST', httpStatus: 401 }, 1],
    [
      'a code of another version',
      [[400, '{"code":299,"message":"new"}']],
      { code: 'UNKNOWN_ERROR', serviceCode: 299 },
      1,
    ],
    [
      'a refusal of another server',
      [[403, '{"message":"Forbidden"}']],
      { code: 'UNKNOWN_ERROR', serviceCode: 100, httpStatus: 403 },
      1,
    ],
    ['a web page', [[200, '<html>']], { code: 'UNKNOWN_ERROR', httpStatus: 200 }, 1],
    ['nothing', [[200, '']], { code: 'UNKNOWN_ERROR' }, 1],
    ['null', [[200, 'null']], { code: 'UNKNOWN_ERROR' }, 1],
    ['a key of another length', [[200, '{"dek":"AAAA","edek":"e"}']], { code: 'UNKNOWN_ERROR' }, 1],
    [
      'no wrapped key',
      [[200, JSON.stringify({ dek: Buffer.alloc(32).toString('base64') })]],
      { code: 'UNKNOWN_ERROR' },
      1,
    ],
  ])('rejects when it gets %s in place of a key', async (_, script, expected, requests) => {
    const failure: unknown = await (await ask(...script)).wrapKey(ACME).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClientError);
    expect(failure).toMatchObject(expected);
    expect(server.requests).toHaveLength(requests);
  });

  test.each<[string, Scripted, number]>([
    ['may have arrived', 'drop', 1],
    ['may have been accepted', [503, '{"code":301,"message":"not durable"}'], 1],
    ['was turned away', [429, '{"code":209,"message":"slower"}'], 3],
  ])('repeats an event only when no server can have accepted it: one that %s', async (_, scripted, requests) => {
    const client = await ask(scripted);
    await expect(client.logSecurityEvent(UserEvent.LOGIN, ACME)).rejects.toBeInstanceOf(ClientError);
    expect(server.requests).toHaveLength(requests);
  });

  test('follows no redirect, which would send the key to another host', async () => {
    const other = await serveScript(GOOD);
    const client = await ask([307, '', { Location: `${other.endpoint}/api/1/document/wrap` }]);
    const failure: unknown = await client.wrapKey(ACME).catch((error: unknown) => error);
    await other.close();
    expect(failure).toMatchObject({ code: 'UNABLE_TO_MAKE_REQUEST' });
    expect(other.requests).toEqual([]);
  });

  test('never shows its API key in an error or in print', async () => {
    const client = await ask([400, JSON.stringify({ code: 102, message: `Bad header cmk ${KEY}` })], 'drop');
    expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(KEY);
    for (let i = 0; i < 2; i++) {
      const failure: unknown = await client.wrapKey(ACME).catch((error: unknown) => error);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(KEY);
    }
  });

  test('reports ids that a batch reply lacks as failures, and ignores other ids', async () => {
    const [, body] = GOOD as [number, string];
    const client = await ask([
      200,
      `{"keys":{"a":${body},"x":${body}},"failures":{"b":{"code":209,"message":"slower"},"c":7}}`,
    ]);
    const { keys, failures } = await client.wrapKeys(['a', 'b', 'c', 'd'], ACME);
    expect([...keys.keys()]).toEqual(['a']);
    expect([...failures].map(([id, { code }]) => [id, code])).toEqual([
      ['b', 'KMS_THROTTLED'],
      ['c', 'UNKNOWN_ERROR'],
      ['d', 'UNKNOWN_ERROR'],
    ]);
  });
});

test('the client retries events too when no connection was made', async () => {
  const server = await serveScript([200, 'null']);
  await server.close();
  let calls = 0;
  const counted: typeof fetch = (...args) => {
    calls += 1;
    return fetch(...args);
  };
  const client = new ProtectorClient({ url: server.endpoint, apiKey: 'k', backoffMs: 1, fetch: counted });
  const refused = { code: 'UNABLE_TO_MAKE_REQUEST', message: expect.stringContaining('ECONNREFUSED') };
  await expect(client.logSecurityEvent(UserEvent.LOGIN, ACME)).rejects.toMatchObject(refused);
  expect(calls).toBe(3);
});

test.each(['https://gateway.example.com', 'http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1'])(
  'the client accepts the URL %s',
  (url) => {
    expect(new ProtectorClient({ url, apiKey: 'k' })).toBeInstanceOf(ProtectorClient);
  },
);

test.each([
  ['http://gateway.example.com', 'k'],
  ['ftp://localhost', 'k'],
  ['https://gateway.example.com', 'a\nb'],
  ['https://gateway.example.com', ''],
])('the client refuses the URL %s with the key %j, without repeating the key', (url, apiKey) => {
  const refused = expect.objectContaining({ name: 'TypeError', message: expect.not.stringContaining('a\nb') });
  expect(() => new ProtectorClient({ url, apiKey })).toThrow(refused);
});
