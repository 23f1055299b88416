import { checkBySchema, withoutSchema } from '../document/zod-problems.ts';
import { checkDraft } from './check.ts';
import { readDraft } from './draft.ts';
import { TenantsError } from './errors.ts';
import type { SecretValues } from './references.ts';
import { type TenantsDocument, tenantsSchema } from './schema.ts';

/**
 * Parses a tenants document and checks it completely, with the values of its secrets. Throws `TenantsError` with all
 * problems: of form, of references, and of the form of secrets. No problem repeats a secret.
 */
export function parseTenants(document: unknown, secrets: SecretValues): TenantsDocument {
  const content = withoutSchema(document);
  const { data, problems } = checkBySchema(tenantsSchema, content);
  if (problems.isFull) problems.leaveOut();
  else problems.addAll(checkDraft(readDraft(content), secrets));
  if (data === undefined || problems.count > 0) {
    throw new TenantsError('The tenants file', problems.listed, problems.others);
  }
  return data;
}
