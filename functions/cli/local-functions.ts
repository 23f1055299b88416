import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import type { RedshiftEvent, RedshiftReply } from '../../lib/wire/redshift.ts';
import type { Environment } from '../runtime/protect/pipeline.ts';
import { redshiftHandler } from '../runtime/protect/redshift.ts';
import { restHandler } from '../runtime/protect/rest.ts';
import { snowflakeHandler } from '../runtime/protect/snowflake.ts';
import { type GatewayEnvironment, tenantGateway } from '../runtime/keys/tenant-gateway.ts';
import { faultLog } from './fault-log.ts';
import { lambdaContext } from './lambda-context.ts';

/** The protect functions over one environment, each as Lambda would invoke it. */
export interface LocalFunctions {
  readonly redshift: (event: RedshiftEvent) => Promise<RedshiftReply>;
  readonly snowflake: (event: GatewayEvent) => Promise<GatewayReply>;
  readonly rest: (event: GatewayEvent) => Promise<GatewayReply>;
}

/** The tenant gateway over its environment, as Lambda would invoke it. */
export function localTenants(environment: GatewayEnvironment): (event: GatewayEvent) => Promise<GatewayReply> {
  const tenants = tenantGateway(() => Promise.resolve(environment), faultLog);
  return (event) => tenants(event, lambdaContext());
}

export function localFunctions(environment: Environment): LocalFunctions {
  const made = (): Promise<Environment> => Promise.resolve(environment);
  const redshift = redshiftHandler(made, faultLog);
  const snowflake = snowflakeHandler(made, faultLog);
  const rest = restHandler(made, process.env, faultLog);
  return {
    redshift: (event) => redshift(event, lambdaContext()),
    snowflake: (event) => snowflake(event, lambdaContext()),
    rest: (event) => rest(event, lambdaContext()),
  };
}
