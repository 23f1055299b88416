// Reads documents of another client of the same gateway with the reference product's public client for Node (npm
// @ironcorelabs/tenant-security-nodejs), unmodified, and writes some for it.
//
//   node exchange.mjs <folder with node_modules> <server> <API key> <tenant> <file to read> <file to write>
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';

const [folder, server, apiKey, tenant, theirs, ours] = process.argv.slice(2);
const sdk = createRequire(join(folder, 'package.json'))('@ironcorelabs/tenant-security-nodejs');
const client = new sdk.TenantSecurityClient(server, apiKey);
const metadata = new sdk.DocumentMetadata(tenant, 'serviceOrUserId');

function into(chunks) {
  return new Writable({ write: (chunk, _, done) => (chunks.push(chunk), done()) });
}

const { encryptedDocument, edek } = JSON.parse(readFileSync(theirs, 'utf8'));
const bytes = Object.fromEntries(
  Object.entries(encryptedDocument).map(([name, field]) => [name, Buffer.from(field, 'base64')]),
);
const { plaintextDocument } = await client.decryptDocument({ encryptedDocument: bytes, edek }, metadata);
for (const [name, field] of Object.entries(plaintextDocument)) {
  process.stdout.write(`${field.toString() === name ? 'ok' : 'FAILED'}  the field ${JSON.stringify(name)} is read\n`);
}
const isKnown = Object.values(bytes).every((field) => client.isCiphertext(field));
process.stdout.write(`${isKnown ? 'ok' : 'FAILED'}  every field is known as ciphertext\n`);
for (const [name, field] of Object.entries(bytes)) {
  if (name.length < 16) continue; // the client reads no shorter streams, its own included
  const chunks = [];
  await client.decryptStream(edek, Readable.from([field], { objectMode: false }), into(chunks), metadata);
  const isRead = Buffer.concat(chunks).toString() === name;
  process.stdout.write(`${isRead ? 'ok' : 'FAILED'}  the field ${JSON.stringify(name)} is read as a stream\n`);
}

const names = JSON.parse(process.env.FIELDS);
const document = await client.encryptDocument(
  Object.fromEntries(names.map((name) => [name, Buffer.from(name)])),
  metadata,
);
const chunks = [];
const stream = await client.encryptStream(
  Readable.from(
    names.map((name) => Buffer.from(name)),
    { objectMode: false },
  ),
  into(chunks),
  metadata,
);
const base64 = (fields) => Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, f.toString('base64')]));
writeFileSync(
  ours,
  JSON.stringify([
    { edek: document.edek, encryptedDocument: base64(document.encryptedDocument) },
    { edek: stream.edek, encryptedDocument: base64({ [names.join('')]: Buffer.concat(chunks) }) },
  ]),
);
