import { toProblems, withoutSchema } from '../document/zod-problems.ts';
import { checkMapped } from './check-mapping.ts';
import { checkDraft } from './check-policy.ts';
import { draftOf, readDraft } from './draft.ts';
import { PolicyError } from './errors.ts';
import { type MappingDocument, mappingSchema, type PolicyDocument, policySchema } from './schema.ts';

/** Parses a policy document. Throws `PolicyError` with all its problems, of form and of reference. */
export function parsePolicy(document: unknown): PolicyDocument {
  const content = withoutSchema(document);
  const parsed = policySchema.safeParse(content);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  for (const problem of checkDraft(parsed.success ? draftOf(parsed.data) : readDraft(content))) problems.push(problem);
  if (!parsed.success || problems.length > 0) throw new PolicyError('The policy', problems);
  return parsed.data;
}

/** Parses a mapping file against its policy. Throws `PolicyError` with all its problems. */
export function parseMapping(document: unknown, policy: PolicyDocument): MappingDocument {
  const content = withoutSchema(document);
  const parsed = mappingSchema.safeParse(content);
  const elements = new Map(policy.elements.map((element) => [element.name, element]));
  const problems = parsed.success
    ? Object.entries(parsed.data).flatMap(([name, target]) =>
        checkMapped(`$[${JSON.stringify(name)}]`, target, elements),
      )
    : parsed.error.issues.flatMap(toProblems);
  // An object built from entries loses this name.
  if (Object.hasOwn(Object(document) as object, '__proto__')) {
    problems.push({ path: '$["__proto__"]', message: 'this is not a function name' });
  }
  if (!parsed.success || problems.length > 0) throw new PolicyError('The mapping', problems);
  return parsed.data;
}
