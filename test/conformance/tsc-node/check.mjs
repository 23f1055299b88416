// Uses the reference product's public client for Node (npm @ironcorelabs/tenant-security-nodejs), unmodified, against a server.
//
//   node check.mjs <folder with node_modules> <server> <API key> <state file> [after]
//
// The server must have the tenants of test/conformance/tsc.test.ts. With `after`, what an earlier run left in the state file is used
// again, after the tenants have changed. Prints one line for each check.
import { isDeepStrictEqual } from 'node:util';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

const [folder, server, apiKey, stateFile, phase] = process.argv.slice(2);
const sdk = createRequire(join(folder, 'package.json'))('@ironcorelabs/tenant-security-nodejs');
const { AdminEvent, CustomSecurityEvent, DataEvent, PeriodicEvent, UserEvent } = sdk;
const { DocumentMetadata, EventMetadata, FieldMetadata, TenantSecurityClient } = sdk;

const client = new TenantSecurityClient(server, apiKey);
const fields = client.deterministicClient;
const DIRECT = 'direct';
const LEASED = 'leased';
const DOCUMENT = { ssn: Buffer.from('000-12-2345'), name: Buffer.from('Jim Bridger'), empty: Buffer.alloc(0) };
const OTHER_DATA = { field1: 'gumby', field2: 'pokey' };

const about = (tenantId) =>
  new DocumentMetadata(tenantId, 'serviceOrUserId', 'PII', '', 'doc', 'Rq8675309', OTHER_DATA);
const ofField = (tenantId) => new FieldMetadata(tenantId, 'serviceOrUserId', 'PII');

async function check(name, work, wanted) {
  let got;
  try {
    got = await work();
  } catch (error) {
    got = error;
  }
  const ok = isDeepStrictEqual(got, wanted);
  const seen = got instanceof Error ? String(got.stack) : JSON.stringify(got);
  process.stdout.write(`${ok ? 'ok' : 'FAILED'}  ${name}${ok ? '' : `: ${seen}, not ${JSON.stringify(wanted)}`}\n`);
}

/** The class, code and HTTP status of what a call ends with. */
async function errorOf(call) {
  try {
    return `no error: ${JSON.stringify(await call)}`;
  } catch (error) {
    return [error.constructor.name, error.errorCode, error.httpResponseCode];
  }
}

async function documents(tenant) {
  const metadata = about(tenant);
  const encrypted = await client.encryptDocument(DOCUMENT, metadata);
  const open = (document) =>
    client.decryptDocument(document, metadata).then(({ plaintextDocument }) => plaintextDocument);
  await check(
    `${tenant}: what is encrypted is ciphertext`,
    () => client.isCiphertext(encrypted.encryptedDocument.ssn),
    true,
  );
  await check(`${tenant}: a document comes back`, () => open(encrypted), DOCUMENT);
  const more = await client.encryptDocumentWithExistingKey(
    { plaintextDocument: { more: Buffer.from('x') }, edek: encrypted.edek },
    metadata,
  );
  await check(`${tenant}: with an existing key`, () => open(more), { more: Buffer.from('x') });
  await check(`${tenant}: an existing key keeps its EDEK`, () => more.edek, encrypted.edek);

  const ids = ['1', 'two', 'Zoë', '4'];
  const batch = await client.encryptDocumentBatch(Object.fromEntries(ids.map((id) => [id, DOCUMENT])), metadata);
  await check(`${tenant}: a batch is encrypted`, () => [new Set(Object.keys(batch.successes)), batch.hasFailures], [
    new Set(ids),
    false,
  ]);
  const damaged = { ...batch.successes['1'], edek: batch.successes['1'].edek.replace(/.{4}$/, 'AAAA') };
  const opened = await client.decryptDocumentBatch(
    { ...batch.successes, damaged, none: { ...damaged, edek: 'AQ==' } },
    metadata,
  );
  await check(
    `${tenant}: a batch is decrypted`,
    () => ids.map((id) => opened.successes[id].plaintextDocument),
    ids.map(() => DOCUMENT),
  );
  await check(
    `${tenant}: what is damaged fails alone`,
    () => ['damaged', 'none'].map((id) => [opened.failures[id].constructor.name, opened.failures[id].errorCode]),
    [
      ['KmsException', 203],
      ['KmsException', 203],
    ],
  );
  const again = await client.encryptDocumentBatchWithExistingKey(
    Object.fromEntries(ids.map((id) => [id, { plaintextDocument: DOCUMENT, edek: batch.successes[id].edek }])),
    metadata,
  );
  await check(`${tenant}: a batch with existing keys`, () => [Object.keys(again.successes).length, again.hasFailures], [
    4,
    false,
  ]);
  await check(
    `${tenant}: an empty batch`,
    async () => (await client.encryptDocumentBatch({}, metadata)).hasFailures,
    false,
  );
}

async function streams(tenant) {
  const clear = Buffer.alloc(300_000, 'stream ');
  const encrypted = new PassThrough();
  const bytes = buffer(encrypted);
  const { edek } = await client.encryptStream(
    Readable.from([clear.subarray(0, 7), clear.subarray(7)]),
    encrypted,
    about(tenant),
  );
  const out = new PassThrough();
  const opened = buffer(out);
  const source = new PassThrough();
  source.end(await bytes);
  await client.decryptStream(edek, source, out, about(tenant));
  await check(`${tenant}: a stream comes back`, async () => (await opened).equals(clear), true);
}

async function rekeying(from, to) {
  const { encryptedDocument, edek } = await client.encryptDocument({ a: Buffer.from('x') }, about(from));
  const rekeyed = await client.rekeyEdek(edek, to, about(from));
  await check(`${from} → ${to}: another EDEK`, () => rekeyed !== edek, true);
  await check(
    `${from} → ${to}: the same key`,
    async () =>
      (await client.decryptDocument({ encryptedDocument, edek: rekeyed }, about(to))).plaintextDocument.a.toString(),
    'x',
  );
  if (from === to) return;
  await check(
    `${from} → ${to}: of the old tenant no more`,
    () => errorOf(client.decryptDocument({ encryptedDocument, edek: rekeyed }, about(from))),
    ['KmsException', 203, 400],
  );
}

const FIELD = { plaintextField: Buffer.from('123-45-6789'), secretPath: 'ssn', derivationPath: 'people' };

async function deterministic(tenant) {
  const metadata = ofField(tenant);
  const encrypted = await fields.encryptField(FIELD, metadata);
  await check(`${tenant}: a field is ciphertext`, () => fields.isCiphertext(encrypted.encryptedField), true);
  await check(`${tenant}: a field comes back`, () => fields.decryptField(encrypted, metadata), FIELD);
  await check(`${tenant}: the same again`, () => fields.encryptField(FIELD, metadata), encrypted);
  const elsewhere = await fields.encryptField({ ...FIELD, derivationPath: 'other' }, metadata);
  await check(
    `${tenant}: another path, another ciphertext`,
    () => elsewhere.encryptedField.equals(encrypted.encryptedField),
    false,
  );
  await check(
    `${tenant}: rotation with one secret changes nothing`,
    () => fields.rotateField(encrypted, metadata),
    encrypted,
  );
  await check(`${tenant}: search terms`, () => fields.generateSearchTerms(FIELD, metadata), [encrypted]);
  const batch = { a: FIELD, b: { ...FIELD, secretPath: 'other' }, c: { ...FIELD, derivationPath: 'other' } };
  const all = await fields.encryptFieldBatch(batch, metadata);
  await check(`${tenant}: a batch of fields`, () => [Object.keys(all.successes), all.hasFailures], [
    ['a', 'b', 'c'],
    false,
  ]);
  await check(
    `${tenant}: a batch of fields comes back`,
    async () => ({ ...(await fields.decryptFieldBatch(all.successes, metadata)).successes }),
    batch,
  );
  await check(
    `${tenant}: a batch is rotated`,
    async () => ({ ...(await fields.rotateFieldBatch(all.successes, metadata)).successes }),
    { ...all.successes },
  );
  const terms = await fields.generateSearchTermsBatch(batch, metadata);
  await check(
    `${tenant}: search terms of a batch`,
    () => Object.values(terms.successes).map(({ length }) => length),
    [1, 1, 1],
  );
  return encrypted;
}

async function events() {
  const predefined = [UserEvent, AdminEvent, DataEvent, PeriodicEvent].flatMap((category) =>
    Object.values(category).filter((event) => event instanceof category),
  );
  await check('there are 31 predefined events', () => predefined.length, 31);
  const metadata = new EventMetadata(
    DIRECT,
    'userId1',
    'PII',
    Date.now() - 5000,
    '',
    'userId1',
    'Rq8675309',
    OTHER_DATA,
  );
  for (const event of [...predefined, new CustomSecurityEvent('MY_EVENT')]) {
    await check(`event ${event.getFlatEvent()}`, () => client.logSecurityEvent(event, metadata), null);
  }
  const least = new EventMetadata(DIRECT, 'userId1');
  await check('an event with the least metadata', () => client.logSecurityEvent(UserEvent.LOGIN, least), null);
  const future = new EventMetadata(DIRECT, 'userId1', undefined, Date.now() + 7 * 86_400_000);
  await check('an event of next week', () => client.logSecurityEvent(UserEvent.LOGIN, future), null);
  await check(
    'a name that the client lets through',
    () => errorOf(client.logSecurityEvent(new CustomSecurityEvent('abcD1'), metadata)),
    ['SecurityEventException', 301, 400],
  );
  const large = new EventMetadata(DIRECT, 'userId1', 'x'.repeat(2000));
  await check('metadata that is too large', () => errorOf(client.logSecurityEvent(UserEvent.LOGIN, large)), [
    'TspServiceException',
    102,
    400,
  ]);
}

/** An event of more than 32 KB, of which each text is short enough. */
async function refusedForItsSize() {
  const customFields = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`field${i}`, 'too large '.repeat(60)]));
  const metadata = new EventMetadata(DIRECT, 'userId1', 'PII', undefined, '', '', 'Rq8675309', customFields);
  await check('an event over 32 KB', () => errorOf(client.logSecurityEvent(UserEvent.LOGIN, metadata)), [
    'TspServiceException',
    102,
    400,
  ]);
}

/** Says whether a call fails with this text, which the public clients' own tests look for. */
async function failsWith(call, text) {
  try {
    return `no error: ${JSON.stringify(await call)}`;
  } catch (error) {
    return error.message.includes(text) || error.message;
  }
}

async function texts() {
  const { edek, encryptedDocument } = await client.encryptDocument(DOCUMENT, about(DIRECT));
  const wrap = (tenant) => client.encryptDocument(DOCUMENT, about(tenant));
  const unwrap = (document, tenant) => client.decryptDocument(document, about(tenant));
  for (const [name, call, text] of [
    ['an unknown tenant', wrap('nobody'), 'No configurations available for the provided tenant'],
    ['no primary configuration', wrap('no-primary'), 'no primary KMS config'],
    ['no EDEK', unwrap({ encryptedDocument, edek: 'ZWRlaw==' }, DIRECT), "Provided EDEK didn't contain IronCore EDEKs"],
    ['the EDEK of another tenant', unwrap({ encryptedDocument, edek }, LEASED), 'is not assigned to tenant'],
  ]) {
    await check(`the text of ${name}`, () => failsWith(call, text), true);
  }
}

async function errors() {
  const { edek, encryptedDocument } = await client.encryptDocument(DOCUMENT, about(DIRECT));
  const wrap = (tenant, using = client) => errorOf(using.encryptDocument(DOCUMENT, about(tenant)));
  await check('a wrong API key', () => wrap(DIRECT, new TenantSecurityClient(server, `${apiKey}x`)), [
    'TspServiceException',
    101,
    401,
  ]);
  await check('an unknown tenant', () => wrap('nobody'), ['KmsException', 201, 400]);
  await check('no active configuration', () => wrap('inactive'), ['KmsException', 201, 400]);
  await check('no primary configuration', () => wrap('no-primary'), ['KmsException', 200, 400]);
  await check(
    'the EDEK of another tenant',
    () => errorOf(client.decryptDocument({ edek, encryptedDocument }, about(LEASED))),
    ['KmsException', 203, 400],
  );
  await check(
    'a server behind a prefix',
    () => wrap('nobody', new TenantSecurityClient(`${server}/behind/a/stage`, apiKey)),
    ['KmsException', 201, 400],
  );
  await check('nobody there', () => wrap(DIRECT, new TenantSecurityClient('http://127.0.0.1:9', apiKey)), [
    'TspServiceException',
    0,
    undefined,
  ]);
}

/** Of fields in any order. */
const hexOf = (list) => new Set(list.map(({ encryptedField }) => encryptedField.toString('hex')));
const encode = (value) =>
  JSON.stringify(value, (_, one) =>
    one?.type === 'Buffer' ? { base64: Buffer.from(one.data).toString('base64') } : one,
  );
const decode = (text) =>
  JSON.parse(text, (_, one) => (typeof one?.base64 === 'string' ? Buffer.from(one.base64, 'base64') : one));

if (phase === 'after') {
  const { document, leased, field, disabled, lapsedField, disabledField } = decode(readFileSync(stateFile, 'utf8'));
  await check(
    'an older configuration still unwraps',
    async () => (await client.decryptDocument(document, about(DIRECT))).plaintextDocument,
    DOCUMENT,
  );
  await check(
    'another environment opens what was leased',
    async () => (await client.decryptDocument(leased, about(LEASED))).plaintextDocument,
    DOCUMENT,
  );
  const { encryptedDocument, edek } = document;
  const moved = await client.rekeyEdek(edek, DIRECT, about(DIRECT));
  await check(
    'rekey moves a key to the primary configuration',
    () => [edek, moved].map((text) => Buffer.from(text, 'base64').at(-1)),
    [1, 2],
  );
  await check(
    'and it is the same key',
    async () => (await client.decryptDocument({ encryptedDocument, edek: moved }, about(DIRECT))).plaintextDocument,
    DOCUMENT,
  );
  await check('a disabled configuration', () => errorOf(client.decryptDocument(disabled, about('disabled'))), [
    'KmsException',
    202,
    400,
  ]);

  const metadata = ofField(DIRECT);
  await check('a field of the secret before', () => fields.decryptField(field, metadata), FIELD);
  const rotated = await fields.rotateField(field, metadata);
  await check(
    'rotation moves a field to the current secret',
    () => [rotated.encryptedField.equals(field.encryptedField)],
    [false],
  );
  await check('and it is the same field', () => fields.decryptField(rotated, metadata), FIELD);
  await check('new fields are under the current secret', () => fields.encryptField(FIELD, metadata), rotated);
  const terms = await fields.generateSearchTerms(FIELD, metadata);
  await check('search terms are of both', () => hexOf(terms), hexOf([field, rotated]));
  await check(
    'secrets leave a configuration before it is disabled',
    () => fields.decryptField(disabledField, ofField('disabled')),
    FIELD,
  );
  const archived = await fields.generateSearchTerms({ ...FIELD, secretPath: 'archived' }, ofField(LEASED));
  await check('search terms are of no archived secret', () => archived.length, 2);
  const current = await fields.encryptField({ ...FIELD, secretPath: 'archived' }, ofField(LEASED));
  await check('the first search term is of the current secret', () => archived[0], current);

  const lapsed = ofField('lapsed');
  await check(
    'no field is encrypted without a primary configuration',
    () => failsWith(fields.encryptField(FIELD, lapsed), 'no primary KMS config'),
    true,
  );
  await check('nor rotated', () => failsWith(fields.rotateField(lapsedField, lapsed), 'no primary KMS config'), true);
  await check(
    'search terms need none',
    async () => hexOf(await fields.generateSearchTerms(FIELD, lapsed)),
    hexOf([lapsedField]),
  );
} else {
  for (const tenant of [DIRECT, LEASED]) {
    await documents(tenant);
    await streams(tenant);
    await deterministic(tenant);
    await rekeying(tenant, tenant);
  }
  await rekeying(DIRECT, LEASED);
  await rekeying(LEASED, DIRECT);
  await events();
  await refusedForItsSize();
  await errors();
  await texts();
  const document = await client.encryptDocument(DOCUMENT, about(DIRECT));
  const leased = await client.encryptDocument(DOCUMENT, about(LEASED));
  const disabled = await client.encryptDocument(DOCUMENT, about('disabled'));
  const field = await fields.encryptField(FIELD, ofField(DIRECT));
  const lapsedField = await fields.encryptField(FIELD, ofField('lapsed'));
  const disabledField = await fields.encryptField(FIELD, ofField('disabled'));
  writeFileSync(stateFile, encode({ document, leased, disabled, field, lapsedField, disabledField }));
}
process.exit(0);
