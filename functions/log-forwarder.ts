// Kinesis batches of audit records → merged records in an OpenSearch, such as the reference product's audit store.
import type { Context } from 'aws-lambda';
import { s3Client } from '../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../lib/adapters/s3/object-store.ts';
import { once } from '../lib/base/once.ts';
import { DEAD_LETTER_PREFIX, FORWARDER_ENV, FORWARDER_JOURNAL_PREFIX } from '../lib/contract.ts';
import { DeadLetters } from '../lib/delivery/dead-letters.ts';
import { forward, type StreamItem, type Taken } from '../lib/delivery/forwarder.ts';
import { Journal } from '../lib/delivery/journal.ts';
import type { DeliverySink, ObjectStore } from '../lib/delivery/ports.ts';
import {
  type KinesisEvent,
  type KinesisEventRecord,
  type KinesisReply,
  linesOfRecord,
  shardOf,
  streamOf,
} from '../lib/wire/kinesis.ts';
import { openSearchOf } from './esa.ts';
import { type ApplicationLog, causesOf, consoleLog } from './log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from './metrics.ts';
import { pace } from './pace.ts';
import { required } from './settings.ts';

export interface ForwarderEnvironment {
  readonly store: ObjectStore;
  readonly sink: DeliverySink;
}

/** What is left of the time limit when retries end: enough to keep the dead letters and the journal. */
const KEEP_WITHIN_MS = 10_000;
/** Where no time limit is. */
const DEFAULT_TIME_MS = 60_000;
/** Lambda keeps a state of any JSON; one text suits every runtime. */
const STATE_MEMBER = 'merged';

/**
 * The log forwarder over any environment. Without a tumbling window each batch is a window of its own. A record that cannot be
 * read goes to the dead letters and stops nobody; when even that is impossible, the batch is offered again: from its first
 * record (ReportBatchItemFailures) or, inside a window, by an error. A partial reply inside a window would leave open whether
 * Lambda keeps the state that holds the rest.
 */
export function logForwarder(
  environment: () => Promise<ForwarderEnvironment>,
  log: ApplicationLog = consoleLog,
  write: WriteLine = writeToStandardOutput,
): (event: KinesisEvent, context: Context) => Promise<KinesisReply> {
  return async (event, context) => {
    const state = typeof event.state?.[STATE_MEMBER] === 'string' ? event.state[STATE_MEMBER] : '';
    const remainingMs = (context as Partial<Context>).getRemainingTimeInMillis?.() ?? DEFAULT_TIME_MS;
    try {
      const { store, sink } = await environment();
      const forwarded = await forward(
        {
          items: (event.Records ?? []).map(itemOf),
          state,
          isLast: event.window === undefined || isLast(event),
          deadlineMs: Date.now() + remainingMs - KEEP_WITHIN_MS,
        },
        {
          journal: new Journal<Taken>(store, `${FORWARDER_JOURNAL_PREFIX}${streamOf(event)}/${shardOf(event)}.json`),
          deadLetters: new DeadLetters(store, DEAD_LETTER_PREFIX),
          sink,
          ...pace,
        },
      );
      const { taken, delivered, deadLetters } = forwarded;
      write(
        embeddedMetrics(Date.now(), { RecordsMerged: taken, RecordsDelivered: delivered, DeadLetters: deadLetters }),
      );
      return { batchItemFailures: [], ...(event.window !== undefined && { state: stateOf(forwarded.state) }) };
    } catch (error) {
      log({ level: 'ERROR', message: 'Batch not taken', requestId: context.awsRequestId, cause: causesOf(error) });
      const first = event.Records?.[0];
      if (event.window !== undefined || first === undefined) throw error;
      return { batchItemFailures: [{ itemIdentifier: first.kinesis.sequenceNumber }] };
    }
  };
}

function isLast({ isFinalInvokeForWindow, isWindowTerminatedEarly }: KinesisEvent): boolean {
  return isFinalInvokeForWindow === true || isWindowTerminatedEarly === true;
}

function itemOf(record: KinesisEventRecord): StreamItem {
  return {
    id: record.eventID,
    timeMs: Math.round(record.kinesis.approximateArrivalTimestamp * 1000),
    lines: linesOfRecord(record),
    raw: () => record.kinesis.data,
  };
}

/** With a window, a reply without state counts as a failure. */
function stateOf(state: string): Readonly<Record<string, string>> {
  return state === '' ? {} : { [STATE_MEMBER]: state };
}

const lambdaEnvironment = once(
  async (): Promise<ForwarderEnvironment> => ({
    store: s3ObjectStore({ client: s3Client(), bucket: required(FORWARDER_ENV.bucket) }),
    sink: await openSearchOf(),
  }),
);

/** What AWS Lambda calls. */
export const handler = logForwarder(lambdaEnvironment);
