import {
  encodeRedshift,
  type RedshiftEvent,
  type RedshiftReply,
  redshiftColumn,
  redshiftOrigin,
  redshiftTarget,
  refuseRedshift,
} from '../../../lib/wire/redshift.ts';
import type { ApplicationLog } from '../application-log.ts';
import { type EntryPoint, type Environment, type LambdaHandler, lambdaHandler } from './pipeline.ts';

/** The Redshift Lambda UDF over any environment: the cloud's, or a laptop's. */
export function redshiftHandler(
  environment: () => Promise<Environment>,
  log?: ApplicationLog,
): LambdaHandler<RedshiftEvent, RedshiftReply> {
  const entryPoint: EntryPoint<RedshiftEvent, RedshiftReply> = {
    refuse: refuseRedshift,
    serve: (received, { requestId, protector }) => {
      const event = received ?? {};
      return protector.run({
        origin: redshiftOrigin(event, requestId),
        target: (policy) => redshiftTarget(event, policy),
        column: () => redshiftColumn(event),
        encode: encodeRedshift,
      });
    },
  };
  return lambdaHandler(environment, entryPoint, log);
}
