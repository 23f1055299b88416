import { toProblems, withoutSchema } from '../document/zod-problems.ts';
import type { Problem } from '../document/problem.ts';
import { checkDraft } from './check.ts';
import { readDraft } from './draft.ts';
import { TenantsError } from './errors.ts';
import type { SecretValues } from './references.ts';
import { type TenantsDocument, tenantsSchema } from './schema.ts';

/**
 * Checks a tenants document completely, with the values of its secrets. Throws `TenantsError` with all its problems, of form, of
 * reference, and of secrets that are not what they should be; no problem says a secret.
 */
export function parseTenants(document: unknown, secrets: SecretValues): TenantsDocument {
  const content = withoutSchema(document);
  const parsed = tenantsSchema.safeParse(content);
  const problems: Problem[] = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  for (const problem of checkDraft(readDraft(content), secrets)) problems.push(problem);
  if (!parsed.success || problems.length > 0) throw new TenantsError('The tenants file', problems);
  return parsed.data;
}
