// Parcels as events of a log group, perhaps of another account (CloudWatch Logs API, PutLogEvents).
import { ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { DeliverySink, Verdict } from '../../delivery/ports.ts';
import { verdictOfAwsFailure } from '../outbound/failure.ts';
import { type LogStreamOptions, logStreamOf } from './log-stream.ts';

/**
 * CloudWatch Logs does not tell repeats: they are told by the ids in the lines. Parcels are written in the order given, times
 * lifted where they run backwards, and under the time of sending where the service finds them too old or ahead.
 */
export function cloudWatchDeliverySink(options: LogStreamOptions, name = 'cloudwatch-logs'): DeliverySink {
  const stream = logStreamOf(options);
  return {
    name,
    maxParcels: 5_000,
    maxBytes: 1_000_000,
    async deliver(parcels) {
      const { accepted, failure, error } = await stream.write(
        parcels.map(({ timeMs, body }) => ({ timeMs, line: body })),
      );
      const left = failure === undefined || error === undefined ? REJECTED : verdictOf(failure, error);
      return accepted.map((isAccepted) => (isAccepted ? { kind: 'delivered' } : left));
    },
  };
}

/** Rejected under the service's own time too: the clock is not what is wrong. */
const REJECTED: Verdict = { kind: 'data', reason: 'rejected' };

/** A stream that is gone is made anew by the next call; a group that is gone is somebody's setting. */
function verdictOf(failure: string, error: unknown): Verdict {
  const verdict = verdictOfAwsFailure(error);
  const isStreamGone = error instanceof ResourceNotFoundException && failure.includes('PutLogEvents');
  if (isStreamGone) return { kind: 'retry', reason: 'stream is gone' };
  const { name } = Object(error) as { name?: unknown };
  return name === 'InvalidParameterException' ? { kind: 'split', reason: name } : verdict;
}
