import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { AnsweredBatches } from '../../../lib/wire/snowflake/answered-batches.ts';
import { readSnowflakeRequest, refuseSnowflake } from '../../../lib/wire/snowflake/request.ts';
import type { ApplicationLog } from '../application-log.ts';
import { type EntryPoint, type Environment, type LambdaHandler, lambdaHandler } from './pipeline.ts';

/** The Snowflake external function, behind API Gateway, over any environment: the cloud's, or a laptop's. */
export function snowflakeHandler(
  environment: () => Promise<Environment>,
  log?: ApplicationLog,
): LambdaHandler<GatewayEvent, GatewayReply> {
  const answered = new AnsweredBatches();
  const entryPoint: EntryPoint<GatewayEvent, GatewayReply> = {
    refuse: refuseSnowflake,
    serve: (event, { requestId, protector, onDurable }) => {
      const request = readSnowflakeRequest(event ?? {}, requestId, answered);
      onDurable(request.answered);
      return protector.runAll(request.batches, request.encode);
    },
  };
  return lambdaHandler(environment, entryPoint, log);
}
