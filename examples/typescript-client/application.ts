// A program that keeps documents of a tenant encrypted under the tenant's key, and says what its users did.
import { ProtectorClient } from '../../lib/client/protector-client.ts';
import { customEvent, UserEvent } from '../../lib/events/names.ts';

const { GATEWAY_URL = 'http://localhost:8787', GATEWAY_API_KEY } = process.env;
if (GATEWAY_API_KEY === undefined) {
  throw new Error(
    'Set GATEWAY_API_KEY: .protector/tenant-secrets.json holds the one of the sample tenants, as "app-key"',
  );
}
const client = new ProtectorClient({ url: GATEWAY_URL, apiKey: GATEWAY_API_KEY });
const ann = { tenantId: 'acme', requestingUserOrServiceId: 'ann', dataLabel: 'PII' };

await client.logSecurityEvent(UserEvent.LOGIN, { ...ann, sourceIp: '203.0.113.7' });

// One document: its fields under a key of its own. `edek` opens it again, through the gateway and the tenant's KMS.
const stored = await client.encryptDocument({ ssn: Buffer.from('000-12-2345') }, ann);
const { plaintextDocument } = await client.decryptDocument(stored, ann);
console.log(Buffer.from(plaintextDocument['ssn']!).toString());

// Many documents under one key, within a minute: two requests in all, of which the second says how many there were.
const rows = ['Jim Bridger', 'Zoë Müller'];
const encrypted = await client.withCachedKey(ann, async (key) =>
  rows.map((name) => ({ edek: key.edek, encryptedDocument: key.encryptDocument({ name: Buffer.from(name) }) })),
);
await client.logSecurityEvent(customEvent('CUSTOMERS_IMPORTED'), {
  ...ann,
  otherData: { rows: `${encrypted.length}` },
});
