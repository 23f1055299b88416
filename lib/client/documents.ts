// A document is a set of named fields under one key, each encrypted by itself.
import type { Secret } from '../base/secret.ts';
import { decryptField, encryptField } from './document.ts';

/** Fields by name. */
export type Fields = Readonly<Record<string, Uint8Array>>;

export function encryptFields(dek: Secret, tenantId: string, fields: Fields): Fields {
  return mapFields(fields, (field) => encryptField(dek, tenantId, field));
}

export function decryptFields(dek: Secret, fields: Fields): Fields {
  return mapFields(fields, (field) => decryptField(dek, field));
}

function mapFields(fields: Fields, work: (field: Uint8Array) => Uint8Array): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, work(field)]));
}
