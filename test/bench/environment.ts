import { randomBytes } from 'node:crypto';
// The sample policy with fixed keys, and the Redshift function over it, all in memory.

import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import type { Environment } from '../../functions/runtime/protect/pipeline.ts';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { snowflakeHandler } from '../../functions/runtime/protect/snowflake.ts';
import type { AuditSink } from '../../lib/audit/ports.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { Secret } from '../../lib/base/secret.ts';
import { customers, SENSITIVE_COLUMNS, type SensitiveColumn } from '../../lib/local/sample/customers.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { type CompiledPolicy, compilePolicy } from '../../lib/protect/compile.ts';
import type { CipherMeter } from '../../lib/protect/methods/method.ts';
import { Protector } from '../../lib/protect/protector.ts';
import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import type { RedshiftEvent, RedshiftReply } from '../../lib/wire/redshift.ts';
import { HOST } from '../support/audit.ts';
import { countingKeyring } from '../support/element-method.ts';

export type Values = readonly (string | null)[];

/** The column of the generated customers that each element of the sample policy protects. */
export const SAMPLE_ELEMENTS: readonly (readonly [string, SensitiveColumn])[] = [
  ['deName', 'name'],
  ['deAddress', 'address'],
  ['deCity', 'city'],
  ['deEmail', 'email'],
  ['deSSN', 'ssn'],
  ['deCCN', 'card'],
  ['dePhone', 'phone'],
  ['deZip', 'zip'],
  ['deBirthdate', 'birth_date'],
  ['deIBAN', 'iban'],
];

export function samplePolicy(meter?: CipherMeter): CompiledPolicy {
  const file = new URL('../../lib/local/sample/policy.json', import.meta.url);
  const policy = parsePolicy(JSON.parse(readFileSync(file, 'utf8')));
  return compilePolicy(
    { version: '1', content: { policy, mapping: {}, keyring: countingKeyring() } },
    randomBytes,
    meter,
  );
}

export function sampleColumns(count: number): Readonly<Record<SensitiveColumn, Values>> {
  const chunks = [...customers({ count })];
  const columns = SENSITIVE_COLUMNS.map((name) => [name, chunks.flatMap((chunk) => chunk.columns[name])]);
  return Object.fromEntries(columns);
}

/** An in-memory environment that signs audit records and then drops them. */
function environmentOf(policy: CompiledPolicy): Environment {
  const sink: AuditSink = { append: () => Promise.resolve() };
  const trail = new AuditTrail({
    signer: createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', new Secret(new Uint8Array(32).fill(9))),
    sink,
    chainId: 'bench',
    host: HOST,
    nowMs: Date.now,
  });
  return { protector: new Protector(() => Promise.resolve(policy), trail, Date.now), trail };
}

/** Refusals are logged, and figures go to the same place. */
const silent = (): void => {};

/** The Redshift function over this environment. */
export function redshiftFunction(policy: CompiledPolicy): (event: RedshiftEvent) => Promise<RedshiftReply> {
  const environment = environmentOf(policy);
  const handler = redshiftHandler(() => Promise.resolve(environment), silent);
  return (event) => handler(event, { awsRequestId: 'bench' } as Context);
}

/** The Snowflake function over this environment. */
export function snowflakeFunction(policy: CompiledPolicy): (event: GatewayEvent) => Promise<GatewayReply> {
  const environment = environmentOf(policy);
  const handler = snowflakeHandler(() => Promise.resolve(environment), silent);
  return (event) => handler(event, { awsRequestId: 'bench' } as Context);
}

/** A batch in the form API Gateway passes on; each call returns a different one, as Snowflake sends them. */
export function snowflakeEvent(operation: 'PROTECT' | 'UNPROTECT', element: string, body: string): () => GatewayEvent {
  let batches = 0;
  return () => ({
    httpMethod: 'POST',
    path: '/snowflake',
    headers: {
      'sf-external-function-format': 'json',
      'sf-external-function-query-batch-id': `bench:${batches++}`,
      'sf-context-current-user': 'test_user',
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({
        jsonpaths: [{ op_type: operation, data_element: element }],
      }),
    },
    body,
    isBase64Encoded: false,
  });
}

export function redshiftEvent(functionName: string, column: Values): RedshiftEvent {
  return {
    user: 'test_user',
    cluster: 'arn:aws:redshift:us-east-1:000000000000:cluster:bench',
    query_id: 5_678_234,
    external_function: `public.${functionName}`,
    num_records: column.length,
    arguments: column.map((cell) => [cell]),
  };
}
