import type { FrontEnd } from '../../../lib/contract/front-ends.ts';
import type { LocalFunction } from '../../../lib/local/http-front.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import type { RedshiftEvent } from '../../../lib/wire/redshift.ts';
import type { Environment } from '../../runtime/protect/pipeline.ts';
import { redshiftHandler } from '../../runtime/protect/redshift.ts';
import { restHandler } from '../../runtime/protect/rest.ts';
import { snowflakeHandler } from '../../runtime/protect/snowflake.ts';
import { type GatewayEnvironment, tenantGateway } from '../../runtime/keys/tenant-gateway.ts';
import type { Io } from '../core/io.ts';
import { type ApplicationLog, logLine } from '../../runtime/application-log.ts';
import type { Context } from 'aws-lambda';

export type LocalFunctions = ReturnType<typeof localFunctions>;

/** Returns the tenant gateway over its environment, as Lambda invokes it. */
export function localTenants(environment: GatewayEnvironment, io: Io): (event: GatewayEvent) => Promise<GatewayReply> {
  const tenants = tenantGateway(() => Promise.resolve(environment), faultLog(io));
  return (event) => tenants(event, lambdaContext());
}

/** Returns the protect functions over one environment, each as Lambda invokes it. */
export function localFunctions(environment: Environment, io: Io) {
  const log = faultLog(io);
  const made = (): Promise<Environment> => Promise.resolve(environment);
  const redshift = redshiftHandler(made, log);
  const snowflake = snowflakeHandler(made, log);
  const rest = restHandler(made, io.env, log);
  return {
    redshift: (event: RedshiftEvent) => redshift(event, lambdaContext()),
    snowflake: (event: GatewayEvent) => snowflake(event, lambdaContext()),
    rest: (event: GatewayEvent) => rest(event, lambdaContext()),
  } satisfies Record<FrontEnd, LocalFunction>;
}

/** Logs faults beside the answer. A refusal needs no line: on a laptop the answer itself says why. */
function faultLog(io: Io): ApplicationLog {
  return (entry) => {
    if (entry.code === 'ENGINE_FAILED' || entry.code === 'UNKNOWN_ERROR') io.stderr.write(logLine(entry));
  };
}

/** Returns the part of a Lambda invocation's context that the handlers read. */
function lambdaContext(): Context {
  return { awsRequestId: crypto.randomUUID(), functionName: 'protector-local' } as Context;
}
