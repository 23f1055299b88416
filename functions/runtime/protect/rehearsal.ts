// Batches that no caller sent, before the first invocation: the code that serves the first one is compiled, and the kernels of FF1 are made.
// Keys, records and tokens of the rehearsal are its own and are dropped.
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { newKeyring } from '../../../lib/policy/keyring.ts';
import type { PolicyContent } from '../../../lib/policy/bundle.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import type { ApplicationLog } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import type { Environment } from './pipeline.ts';

export const REHEARSAL_USER = 'rehearsal';

/** A column for a front end to ask for. */
export interface RehearsedBatch {
  readonly operation: 'protect' | 'unprotect';
  readonly element: string;
  readonly values: readonly string[];
}

const ROWS = 200;
const ROUNDS = 2;

const VALUES = {
  digits: Array.from({ length: ROWS }, (_, row) => `${900 + (row % 99)}-${10 + (row % 90)}-${1000 + row}`),
  // Names of several lengths, so that the groups of a column are more than one.
  words: Array.from({ length: ROWS }, (_, row) => `${'Rehearsal'.slice(0, 4 + (row % 6))} Number${row}`),
};

const ELEMENT = { method: 'tokenization', shortData: 'error', maxLength: 64, externalIV: true } as const;
const NUMERIC = {
  fromLeft: 0,
  fromRight: 0,
  preserveLength: true,
  otherCharacters: 'keep',
  leadingZero: 'free',
} as const;

const POLICY: PolicyDocument = {
  name: REHEARSAL_USER,
  dataStore: REHEARSAL_USER,
  conflictResolution: 'least-restrictive',
  alphabets: [],
  masks: [],
  groups: [],
  elements: [
    { ...ELEMENT, ...NUMERIC, id: '00000000-0000-4000-8000-000000000001', name: 'digits', type: 'numeric' },
    {
      ...ELEMENT,
      id: '00000000-0000-4000-8000-000000000002',
      name: 'words',
      type: 'unicode-script',
      normalize: 'refuse',
    },
  ],
  roles: [
    {
      name: REHEARSAL_USER,
      default: false,
      members: [REHEARSAL_USER],
      grants: Object.keys(VALUES).map((element) => ({
        element,
        permissions: ['protect', 'unprotect'],
        noAccess: 'exception',
      })),
    },
  ],
};

/** Returns the policy of the rehearsal under new keys. */
export function rehearsalContent(): PolicyContent {
  return { policy: POLICY, mapping: {}, keyring: newKeyring(randomBytes) };
}

/** Yields the batches of a rehearsal. */
export function* rehearsedBatches(): Generator<RehearsedBatch> {
  for (let round = 0; round < ROUNDS; round++) {
    for (const [element, values] of Object.entries(VALUES)) {
      for (const operation of ['protect', 'unprotect'] as const) yield { operation, element, values };
    }
  }
}

/**
 * Returns a rehearsal of a front end: `handlerOf` makes its handler, `ask` an event. It gives way between two batches, because answers of
 * services arrive meanwhile.
 */
export function rehearsal<Event>(
  handlerOf: (environment: () => Promise<Environment>, log: ApplicationLog) => LambdaHandler<Event, unknown>,
  ask: (batch: RehearsedBatch) => Event,
): () => Promise<void> {
  return async () => {
    using policy = compilePolicy({ version: '0', content: rehearsalContent() }, randomBytes);
    using key = new Secret(randomBytes(32));
    const trail = new AuditTrail({
      signer: createSigner(REHEARSAL_USER, key),
      sink: { append: () => Promise.resolve() },
      chainId: REHEARSAL_USER,
      host: HOST,
      nowMs: Date.now,
    });
    const protector = new Protector(() => Promise.resolve(policy), trail.open(), Date.now);
    const handler = handlerOf(
      () => Promise.resolve({ protector, trail }),
      () => {},
    );
    for (const batch of rehearsedBatches()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, with turns for others between them
      await turn();
      // oxlint-disable-next-line no-await-in-loop -- see above
      await handler(ask(batch), { awsRequestId: REHEARSAL_USER } as Context);
    }
  };
}

const HOST = {
  deploymentId: REHEARSAL_USER,
  ip: '127.0.0.1',
  hostname: REHEARSAL_USER,
  processId: 0,
  user: REHEARSAL_USER,
  platform: REHEARSAL_USER,
  release: '0',
  engineVersion: '0',
};
