import { replyRoom } from '../../../lib/wire/reply-limit.ts';
import {
  checkRedshiftUser,
  encodeRedshift,
  type RedshiftEvent,
  type RedshiftReply,
  redshiftColumn,
  redshiftOrigin,
  redshiftTarget,
  refuseRedshift,
} from '../../../lib/wire/redshift.ts';
import type { ApplicationLog } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import { type EntryPoint, type Environment, lambdaHandler } from './pipeline.ts';

/** Makes the handler of the Redshift Lambda UDF. `environment`: that of Lambda, or of a laptop. */
export function redshiftHandler(
  environment: () => Promise<Environment>,
  log?: ApplicationLog,
): LambdaHandler<RedshiftEvent, RedshiftReply> {
  const entryPoint: EntryPoint<RedshiftEvent, RedshiftReply> = {
    refuse: refuseRedshift,
    serve: (received, { requestId, protector }) => {
      const event = received ?? {};
      return protector.run({
        origin: redshiftOrigin(event, requestId, protector.identify),
        target: (policy) => redshiftTarget(event, policy),
        checkCaller: () => checkRedshiftUser(event),
        room: replyRoom(),
        column: () => redshiftColumn(event),
        encode: encodeRedshift,
      });
    },
  };
  return lambdaHandler(environment, entryPoint, log);
}
