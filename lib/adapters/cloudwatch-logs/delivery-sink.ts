// Delivers parcels as events of a log group, possibly of another account (CloudWatch Logs API, PutLogEvents).
import { ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { DeliverySink, Verdict } from '../../delivery/ports.ts';
import { verdictOfAwsFailure } from '../outbound/failure.ts';
import { type LogStreamOptions, logStreamOf } from './log-stream.ts';

/**
 * Writes parcels in the order given. Raises times that run backwards, and uses the time of sending where the service
 * finds an event too old or too far ahead. CloudWatch Logs keeps repeats: the ids in the lines show them.
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

/** The service rejects the event even under its own time, so the clock is not the cause. */
const REJECTED: Verdict = { kind: 'data', reason: 'rejected' };

/** Maps a failure. The next call creates a missing stream again; a missing group needs a change of settings. */
function verdictOf(failure: string, error: unknown): Verdict {
  const verdict = verdictOfAwsFailure(error);
  const isStreamGone = error instanceof ResourceNotFoundException && failure.includes('PutLogEvents');
  if (isStreamGone) return { kind: 'retry', reason: 'stream is gone' };
  const { name } = Object(error) as { name?: unknown };
  return name === 'InvalidParameterException' ? { kind: 'split', reason: name } : verdict;
}
