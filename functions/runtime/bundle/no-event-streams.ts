// Replaces @smithy/core/event-streams in the bundles: no function calls an operation that streams events (a live tail of logs, an
// enhanced fan-out of Kinesis), and their codec is 15 KB of each bundle.

/** Leaves the configuration of a client as it is. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

/** Is part of a client's configuration, where nothing calls it. */
export const eventStreamSerdeProvider = (): never => refuse();

/** Is made (`new`) for the first streaming operation. */
export function EventStreamSerde(): never {
  return refuse();
}

function refuse(): never {
  throw new Error('The bundles hold no event streams: take no-event-streams.ts out of infra/build.ts');
}
