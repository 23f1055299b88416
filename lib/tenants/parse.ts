import { toProblems, withoutSchema } from '../document/zod-problems.ts';
import type { Problem } from '../document/problem.ts';
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
  const parsed = tenantsSchema.safeParse(content);
  const problems: Problem[] = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  for (const problem of checkDraft(readDraft(content), secrets)) problems.push(problem);
  if (!parsed.success || problems.length > 0) throw new TenantsError('The tenants file', problems);
  return parsed.data;
}
