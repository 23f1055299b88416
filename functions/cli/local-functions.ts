import type { FrontEnd } from '../../lib/contract/front-ends.ts';
import type { LocalFunction } from '../../lib/local/http-front.ts';
import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import type { RedshiftEvent } from '../../lib/wire/redshift.ts';
import type { Environment } from '../runtime/protect/pipeline.ts';
import { redshiftHandler } from '../runtime/protect/redshift.ts';
import { restHandler } from '../runtime/protect/rest.ts';
import { snowflakeHandler } from '../runtime/protect/snowflake.ts';
import { type GatewayEnvironment, tenantGateway } from '../runtime/keys/tenant-gateway.ts';
import { faultLog } from './fault-log.ts';
import { lambdaContext } from './lambda-context.ts';

export type LocalFunctions = ReturnType<typeof localFunctions>;

/** The tenant gateway over its environment, as Lambda would invoke it. */
export function localTenants(environment: GatewayEnvironment): (event: GatewayEvent) => Promise<GatewayReply> {
  const tenants = tenantGateway(() => Promise.resolve(environment), faultLog);
  return (event) => tenants(event, lambdaContext());
}

/** Returns the protect functions over one environment, each as Lambda invokes it. */
export function localFunctions(environment: Environment) {
  const made = (): Promise<Environment> => Promise.resolve(environment);
  const redshift = redshiftHandler(made, faultLog);
  const snowflake = snowflakeHandler(made, faultLog);
  const rest = restHandler(made, process.env, faultLog);
  return {
    redshift: (event: RedshiftEvent) => redshift(event, lambdaContext()),
    snowflake: (event: GatewayEvent) => snowflake(event, lambdaContext()),
    rest: (event: GatewayEvent) => rest(event, lambdaContext()),
  } satisfies Record<FrontEnd, LocalFunction>;
}
