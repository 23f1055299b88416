// The protect functions as they run in the cloud, with the layers that Lambda gives it.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Environment } from '../../../functions/runtime/protect/pipeline.ts';
import { redshiftHandler } from '../../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import type { AuditSink } from '../../../lib/audit/ports.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { once } from '../../../lib/base/once.ts';
import type { FrontEnd } from '../../../lib/contract/front-ends.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { HOST } from '../audit.ts';
import type { Code } from './lambda-model.ts';
import { unzip } from './unzip.ts';

/** Elements of this name make functions go wrong, each in its own way: what no review of a policy can foresee. */
export const POISONS = { dePoisonBreaks: 'breaks', dePoisonLies: 'lies', dePoisonRefuses: 'refuses' } as const;

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const HANDLERS: Readonly<Record<FrontEnd, (environment: () => Promise<Environment>) => unknown>> = {
  redshift: (environment) => redshiftHandler(environment, () => {}),
  snowflake: (environment) => snowflakeHandler(environment, () => {}),
  rest: (environment) => restHandler(environment, {}, () => {}),
};

/** A function of a front end. Its keys come from `keys`, its records go to `sink`. */
export function protectCode(frontEnd: FrontEnd, keys: KeyService, sink: AuditSink): Code {
  return (archives) => {
    const files = new Map(archives.flatMap(unzip).map(({ path, content }) => [path, content.toString('utf8')]));
    const poison = once(async () => {
      const { content } = await openPolicy(keys, fileOf(files, 'protector/policy.sealed.json'));
      return content.policy.elements.map(({ name }) => POISONS[name as keyof typeof POISONS]).find(Boolean);
    });
    const environment = once(async (): Promise<Environment> => {
      const { keyId, key } = await openSigningKey(keys, fileOf(files, 'protector/audit-signing.sealed.json'));
      const trail = new AuditTrail({
        signer: createSigner(keyId, key),
        sink,
        chainId: randomUUID(),
        host: HOST,
        nowMs: () => 1_800_000_000_000,
      });
      const policy = once(async () =>
        compilePolicy(await openPolicy(keys, fileOf(files, 'protector/policy.sealed.json')), randomBytes),
      );
      return { protector: new Protector(policy, trail, () => 0), trail };
    });
    const handler = HANDLERS[frontEnd](environment) as Handler;
    return async (event) => {
      const reply = await handler(event, { awsRequestId: randomUUID() } as Context);
      switch (files.has('protector/policy.sealed.json') ? await poison() : undefined) {
        case 'breaks':
          throw new RangeError('Out of memory');
        case 'lies':
          return { ...(reply as object), results: ['another value', null] };
        case 'refuses':
          return { success: false, error_msg: 'Something that no review foresaw' };
        default:
          return reply;
      }
    };
  };
}

function fileOf(files: ReadonlyMap<string, string>, path: string): unknown {
  return JSON.parse(files.get(path) ?? 'null');
}
