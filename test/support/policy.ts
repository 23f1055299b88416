// A small policy with fixed keys, and the Redshift handler over it, all in memory.
import { randomBytes } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { ApplicationLog, LogEntry } from '../../functions/runtime/application-log.ts';
import type { Environment } from '../../functions/runtime/protect/pipeline.ts';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { AuditError } from '../../lib/audit/errors.ts';
import type { AuditLine, AuditSink } from '../../lib/audit/ports.ts';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { type TrailReport, verifyTrail } from '../../lib/audit/verify.ts';
import { Secret } from '../../lib/base/secret.ts';
import type { PolicyContent } from '../../lib/policy/bundle.ts';
import type { KeyringDocument } from '../../lib/policy/keyring.ts';
import { parseMapping, parsePolicy } from '../../lib/policy/parse.ts';
import { type CompiledPolicy, compilePolicy } from '../../lib/protect/compile.ts';
import type { Budgets } from '../../lib/protect/budgets.ts';
import { Protector } from '../../lib/protect/protector.ts';
import type { RedshiftEvent, RedshiftReply } from '../../lib/wire/redshift.ts';
import { HOST } from './audit.ts';

const ALL = ['protect', 'unprotect', 'reprotect'];
const ELEMENTS = ['deName', 'deSSN', 'deCCN', 'deText', 'deFixed'];
const everyElement = (permissions: readonly string[], noAccess: string) =>
  ELEMENTS.map((element) => ({ element, permissions, noAccess }));

/** The policy as its author writes it. Tests change a copy: see `changed`. */
export const POLICY = {
  name: 'TEST_POLICY',
  dataStore: 'TEST_STORE',
  alphabets: [{ name: 'letters', ranges: ['0041-005A', '0061-007A', '00C0-024F', '0400-04FF', '4E00-9FFF'] }],
  elements: [
    elementOf('00000000-0000-4000-8000-000000000001', 'deName', {
      type: 'unicode',
      alphabet: 'letters',
      shortData: 'as-is',
    }),
    elementOf('00000000-0000-4000-8000-000000000002', 'deSSN', { type: 'numeric' }),
    elementOf('00000000-0000-4000-8000-000000000003', 'deCCN', { type: 'numeric', fromRight: 4 }),
    elementOf('00000000-0000-4000-8000-000000000004', 'deText', { type: 'printable', shortData: 'as-is' }),
    elementOf('00000000-0000-4000-8000-000000000005', 'deFixed', { type: 'alpha-numeric', externalIV: false }),
  ],
  roles: [
    { name: 'administrator', members: ['test_user'], grants: everyElement(ALL, 'exception') },
    { name: 'analyst', members: ['analyst'], grants: everyElement([], 'null') },
    { name: 'auditor', members: ['auditor'], grants: everyElement([], 'protected') },
    { name: 'outsider', members: ['outsider'], grants: everyElement([], 'exception') },
  ],
};

function elementOf(id: string, name: string, change: object): object {
  return { id, name, method: 'tokenization', shortData: 'error', ...change };
}

/** A copy of `document` with `value` at `path`; `undefined` removes what is there. */
export function changed(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(document)); // not structuredClone, which keeps shared parts shared
  const last = path.at(-1);
  if (last === undefined) return value;
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

export const KEYRING: KeyringDocument = {
  kdfSalt: Buffer.alloc(32, 1).toString('base64'),
  rootKeys: [{ version: 1, key: Buffer.alloc(32, 2).toString('base64') }],
};

/** Parses policy and mapping into the content of a bundle. */
export function policyContent(document: unknown = POLICY, mapping: unknown = {}): PolicyContent {
  const policy = parsePolicy(document);
  return { policy, mapping: parseMapping(mapping, policy), keyring: KEYRING };
}

export function compiledPolicy(document: unknown = POLICY, mapping: unknown = {}, version = '7'): CompiledPolicy {
  return compilePolicy({ version, content: policyContent(document, mapping) }, randomBytes);
}

/** Keeps appended lines; refuses them while `down`. */
export class MemorySink implements AuditSink {
  readonly lines: string[] = [];
  down = false;

  async append(lines: readonly AuditLine[]): Promise<void> {
    await Promise.resolve();
    if (this.down) throw new AuditError('AUDIT_SINK_UNAVAILABLE', 'The memory sink is down');
    this.lines.push(...lines.map(({ line }) => line));
  }
}

/** An in-memory environment for a handler, and what the handler left in it. */
export interface TestEnvironment {
  readonly environment: () => Promise<Environment>;
  readonly write: ApplicationLog;
  readonly sink: MemorySink;
  readonly log: LogEntry[];
  readonly records: () => AuditRecord[];
  readonly verify: () => Promise<TrailReport>;
}

export interface TestHandler extends TestEnvironment {
  readonly send: (event: unknown, requestId?: string) => Promise<RedshiftReply>;
}

const SIGNING_KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
const signingKey = () => new Secret(new Uint8Array(32).fill(9));

/** The time of the test environment. */
export const TEST_NOW_MS = 1_800_000_000_000;

/** The deployed environment, except for key service, sink, clock and application log. */
export function testEnvironment(
  policy: () => Promise<CompiledPolicy> = async () => compiledPolicy(),
  budgets?: Budgets,
): TestEnvironment {
  const sink = new MemorySink();
  const log: LogEntry[] = [];
  const trail = new AuditTrail({
    signer: createSigner(SIGNING_KEY_ID, signingKey()),
    sink,
    chainId: 'chain',
    host: HOST,
    nowMs: () => TEST_NOW_MS,
  });
  const protector = new Protector(policy, trail, () => TEST_NOW_MS, undefined, budgets);
  return {
    environment: () => Promise.resolve({ protector, trail }),
    write: (entry) => {
      log.push(entry);
    },
    sink,
    log,
    records: () => sink.lines.map((line) => JSON.parse(line) as AuditRecord),
    verify: () => verifyTrail(sink.lines, new Map([[SIGNING_KEY_ID, signingKey()]])),
  };
}

/** The Redshift function over `testEnvironment`. */
export function testHandler(policy?: () => Promise<CompiledPolicy>): TestHandler {
  const test = testEnvironment(policy);
  const handler = redshiftHandler(test.environment, test.write);
  return {
    ...test,
    send: (event, requestId = 'request-1') => handler(event as RedshiftEvent, lambdaContext(requestId)),
  };
}

export function lambdaContext(awsRequestId = 'request-1'): Context {
  return { awsRequestId } as Context;
}

/** A batch in the form that Redshift sends. */
export function redshiftEvent(functionName: string, column: readonly unknown[], change: object = {}): RedshiftEvent {
  return {
    user: 'test_user',
    cluster: 'arn:aws:redshift:us-east-1:000000000000:cluster:test',
    query_id: 5678234,
    external_function: `public.${functionName}`,
    num_records: column.length,
    arguments: column.map((cell) => [cell]),
    ...change,
  };
}
