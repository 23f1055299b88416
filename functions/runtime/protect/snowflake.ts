import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { AnsweredBatches } from '../../../lib/wire/snowflake/answered-batches.ts';
import { readSnowflakeRequest, refuseSnowflake } from '../../../lib/wire/snowflake/request.ts';
import type { ApplicationLog } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import { type EntryPoint, type Environment, lambdaHandler } from './pipeline.ts';
import { REHEARSAL_USER, type RehearsedBatch } from './rehearsal.ts';

/**
 * Makes the handler of the Snowflake external function, behind API Gateway. `environment`: that of Lambda, or of a
 * laptop.
 */
export function snowflakeHandler(
  environment: () => Promise<Environment>,
  log?: ApplicationLog,
): LambdaHandler<GatewayEvent, GatewayReply> {
  const answered = new AnsweredBatches();
  const entryPoint: EntryPoint<GatewayEvent, GatewayReply> = {
    refuse: refuseSnowflake,
    serve: (event, { requestId, protector, onDurable }) => {
      const request = readSnowflakeRequest(event ?? {}, requestId, answered, protector.identify);
      onDurable(request.answered);
      return protector.runAll(request.batches, request.encode);
    },
  };
  return lambdaHandler(environment, entryPoint, log);
}

/** Makes an event as API Gateway passes it on from Snowflake. */
export function rehearsedSnowflakeEvent({ operation, element, values }: RehearsedBatch): GatewayEvent {
  const rule = { op_type: operation.toUpperCase(), data_element: element };
  return {
    httpMethod: 'POST',
    path: '/',
    headers: {
      'sf-external-function-format': 'json',
      'sf-external-function-query-batch-id': `${REHEARSAL_USER}:${operation}:${element}`,
      'sf-context-current-user': REHEARSAL_USER,
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({ jsonpaths: [rule] }),
    },
    body: JSON.stringify({ data: values.map((value, row) => [row, value]) }),
    isBase64Encoded: false,
  };
}
