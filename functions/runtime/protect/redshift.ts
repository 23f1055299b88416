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
import { REHEARSAL_USER, type RehearsedBatch } from './rehearsal.ts';

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

/** Makes an event as Redshift sends it. */
export function rehearsedRedshiftEvent({ operation, element, values }: RehearsedBatch): RedshiftEvent {
  return {
    user: REHEARSAL_USER,
    cluster: REHEARSAL_USER,
    query_id: 1,
    external_function: `${REHEARSAL_USER}.pty_${operation}_${element}`,
    num_records: values.length,
    arguments: values.map((value) => [value]),
  };
}
