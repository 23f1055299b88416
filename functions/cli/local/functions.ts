import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import type { RedshiftEvent, RedshiftReply } from '../../../lib/wire/redshift.ts';
import type { Environment } from '../../runtime/protect/pipeline.ts';
import { redshiftHandler } from '../../runtime/protect/redshift.ts';
import { restHandler } from '../../runtime/protect/rest.ts';
import { snowflakeHandler } from '../../runtime/protect/snowflake.ts';
import { type GatewayEnvironment, tenantGateway } from '../../runtime/keys/tenant-gateway.ts';
import type { Io } from '../core/io.ts';
import { type ApplicationLog, logLine } from '../../runtime/application-log.ts';
import type { Context } from 'aws-lambda';

/** The protect functions over one environment, each as Lambda would invoke it. */
export interface LocalFunctions {
  readonly redshift: (event: RedshiftEvent) => Promise<RedshiftReply>;
  readonly snowflake: (event: GatewayEvent) => Promise<GatewayReply>;
  readonly rest: (event: GatewayEvent) => Promise<GatewayReply>;
}

/** The tenant gateway over its environment, as Lambda would invoke it. */
export function localTenants(environment: GatewayEnvironment, io: Io): (event: GatewayEvent) => Promise<GatewayReply> {
  const tenants = tenantGateway(() => Promise.resolve(environment), faultLog(io));
  return (event) => tenants(event, lambdaContext());
}

export function localFunctions(environment: Environment, io: Io): LocalFunctions {
  const log = faultLog(io);
  const made = (): Promise<Environment> => Promise.resolve(environment);
  const redshift = redshiftHandler(made, log);
  const snowflake = snowflakeHandler(made, log);
  const rest = restHandler(made, io.env, log);
  return {
    redshift: (event) => redshift(event, lambdaContext()),
    snowflake: (event) => snowflake(event, lambdaContext()),
    rest: (event) => rest(event, lambdaContext()),
  };
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
