// What a script says where a deployment is not known yet: names in angle brackets, to be replaced.
import { DEFAULT_ALIAS } from '../../../lib/contract/policy-agent.ts';
import { parseName } from '../../../lib/ddl/script.ts';

export const PLACEHOLDER = { lambda: `<function>:${DEFAULT_ALIAS}`, role: '<role>', url: '<url>' };

/** For scripts that are made before a deployment is known. */
export const PLACEHOLDERS = {
  redshift: { lambda: PLACEHOLDER.lambda, role: PLACEHOLDER.role },
  snowflake: { url: PLACEHOLDER.url, role: PLACEHOLDER.role, integration: parseName('protector', 1, 1) },
};
