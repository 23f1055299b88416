// `ProtectorClient` and the reference product's public client for Node read each other's documents. The public client
// is not part of this repository: CI installs it and sets `TSC_NODE`; without it the exchange is listed as skipped.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, jest, test } from '@jest/globals';
import { ProtectorClient } from '../../lib/client/protector-client.ts';
import { API_KEYS, tspUnderTest } from '../support/tsp.ts';
import { serveGateway } from '../support/tsp-server.ts';
import { checksOf, failures } from './checks.ts';

const { TSC_NODE: node } = process.env;
const EXCHANGE = fileURLToPath(new URL('tsc-node/exchange.mjs', import.meta.url));
/** Names of fields, which are also what is in them. */
const FIELDS = ['x', 'Jim Bridger', 'ünïcode 😀 and more', 'x'.repeat(100_000)];

jest.setTimeout(120_000);

(node === undefined ? describe.skip : describe)('the client for Node (TSC_NODE)', () => {
  test.each(['acme', 'lessor'])(
    "and the product's own read the documents of each other, of the tenant %s",
    async (tenantId) => {
      const gateway = await tspUnderTest();
      const server = await serveGateway(gateway);
      const directory = mkdtempSync(join(tmpdir(), 'exchange-'));
      try {
        const client = new ProtectorClient({ url: server.endpoint, apiKey: API_KEYS[0]! });
        const metadata = { tenantId, requestingUserOrServiceId: 'app' };
        const fields = Object.fromEntries(FIELDS.map((name) => [name, Buffer.from(name)]));
        const { encryptedDocument, edek } = await client.encryptDocument(fields, metadata);
        const base64 = Object.entries(encryptedDocument).map(([name, field]) => [
          name,
          Buffer.from(field).toString('base64'),
        ]);
        const [ours, theirs] = [join(directory, 'ours.json'), join(directory, 'theirs.json')];
        writeFileSync(ours, JSON.stringify({ edek, encryptedDocument: Object.fromEntries(base64) }));

        const args = [EXCHANGE, node!, server.endpoint, API_KEYS[0]!, tenantId, ours, theirs];
        const lines = await checksOf(process.execPath, args, { NODE_OPTIONS: '', FIELDS: JSON.stringify(FIELDS) });
        expect(failures(lines)).toEqual([]);
        expect(lines).toHaveLength(FIELDS.length + 1 + 2);

        type Written = { readonly edek: string; readonly encryptedDocument: Readonly<Record<string, string>> };
        const written = JSON.parse(readFileSync(theirs, 'utf8')) as readonly Written[];
        const read = await Promise.all(
          written.map((document) => {
            const bytes = Object.entries(document.encryptedDocument).map(([name, field]) => [
              name,
              Buffer.from(field, 'base64'),
            ]);
            const encrypted = {
              edek: document.edek,
              encryptedDocument: Object.fromEntries(bytes) as Record<string, Buffer>,
            };
            return client.decryptDocument(encrypted, metadata);
          }),
        );
        const seen = read.flatMap(({ plaintextDocument }) => Object.entries(plaintextDocument));
        expect(seen.map(([name, field]) => Buffer.from(field).toString() === name)).toEqual(
          Array(FIELDS.length + 1).fill(true),
        );
      } finally {
        await server.close();
        rmSync(directory, { recursive: true });
      }
    },
  );
});
