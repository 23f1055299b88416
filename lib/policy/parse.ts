import { checkBySchema, withoutSchema } from '../document/zod-problems.ts';
import { checkMapped } from './check-mapping.ts';
import { checkDraft } from './check-policy.ts';
import { draftOf, readDraft } from './draft.ts';
import { PolicyError } from './errors.ts';
import { type MappingDocument, mappingSchema, type PolicyDocument, policySchema } from './schema.ts';

/** Parses a policy document. Throws `PolicyError` with all its problems, of form and of reference. */
export function parsePolicy(document: unknown): PolicyDocument {
  const content = withoutSchema(document);
  const { data, problems } = checkBySchema(policySchema, content);
  if (problems.isFull) problems.leaveOut();
  else problems.addAll(checkDraft(data === undefined ? readDraft(content) : draftOf(data)));
  if (data === undefined || problems.count > 0) throw new PolicyError('The policy', problems.listed, problems.others);
  return data;
}

/** Parses a mapping file against its policy. Throws `PolicyError` with all its problems. */
export function parseMapping(document: unknown, policy: PolicyDocument): MappingDocument {
  const { data, problems } = checkBySchema(mappingSchema, withoutSchema(document));
  const elements = new Map(policy.elements.map((element) => [element.name, element]));
  for (const [name, target] of Object.entries(data ?? {})) {
    problems.addAll(checkMapped(`$[${JSON.stringify(name)}]`, target, elements));
  }
  // An object built from entries loses this name.
  if (Object.hasOwn(Object(document) as object, '__proto__')) {
    problems.add(1, () => ({ path: '$["__proto__"]', message: 'this is not a function name' }));
  }
  if (data === undefined || problems.count > 0) throw new PolicyError('The mapping', problems.listed, problems.others);
  return data;
}
