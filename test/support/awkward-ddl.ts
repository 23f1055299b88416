// Scripts for the awkward policy that use every feature of a script.
import { parseColumn } from '../../lib/ddl/columns.ts';
import { type RedshiftOptions, type RedshiftScript, redshiftScript } from '../../lib/ddl/redshift.ts';
import { parseName, type Script } from '../../lib/ddl/script.ts';
import { type SnowflakeOptions, snowflakeScript } from '../../lib/ddl/snowflake.ts';
import { AWKWARD_MAPPING, AWKWARD_POLICY } from './awkward-policy.ts';

const MOVES = [
  { from: 'deSSN', to: 'de SSN' },
  { from: 'a', to: 'b__to__c' },
  { from: 'a__to__b', to: 'c' },
];
const MASKED = ['hr.people.ssn=deSSN', `"my db"."a.b"."T""x"."c o l"=d'or`, 'hr.people.prior_ssn=deRotated@1'];
const VIEWED = ['hr.people.id', 'hr.people.tax=deSSN', 'hr.people."two  blanks"=two  blanks', 'hr.people.n=deInt'];

const places = {
  moves: MOVES,
  masked: MASKED.map((column) => parseColumn(column, AWKWARD_POLICY, true)),
  viewed: VIEWED.map((column) => parseColumn(column, AWKWARD_POLICY, false)),
};

export const ROLE = 'arn:aws:iam::123456789012:role/warehouse';

export function awkwardRedshift(change: Partial<RedshiftOptions> = {}): RedshiftScript {
  const options = { lambda: 'protector-redshift:Production', role: ROLE, schema: parseName('"odd schema"', 1, 1) };
  return redshiftScript(AWKWARD_POLICY, AWKWARD_MAPPING, { ...options, ...places, ...change });
}

export function awkwardSnowflake(change: Partial<SnowflakeOptions> = {}): Script {
  return snowflakeScript(AWKWARD_POLICY, AWKWARD_MAPPING, {
    url: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake',
    role: ROLE,
    integration: parseName('protector', 1, 1),
    schema: parseName('db."odd schema"', 1, 2),
    ...places,
    ...change,
  });
}
