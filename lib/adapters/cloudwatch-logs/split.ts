// CloudWatch Logs API, PutLogEvents: the quotas of one call.

const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const BYTES_PER_EVENT = 26;
const MAX_SPAN_MS = 24 * 60 * 60 * 1000;

/** A line and when it was made, in epoch milliseconds. */
export interface TimedLine {
  readonly timeMs: number;
  readonly line: string;
}

/** One event as PutLogEvents takes it. `timestamp` is in epoch milliseconds. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Splits lines into PutLogEvents calls: each at most 10,000 events, 1,048,576 bytes (UTF-8, plus 26 per event) and less
 * than 24 hours from first to last. Keeps the order of the lines. Raises a time that runs backwards to the one before,
 * since the service refuses such a call. A line too large for any call travels alone, for the service to refuse; audit
 * records and events have at most 32 KB.
 */
export function splitForPutLogEvents(lines: readonly TimedLine[]): readonly (readonly LogEvent[])[] {
  const calls: LogEvent[][] = [];
  let call: LogEvent[] = [];
  let bytes = 0;
  let timestamp = 0;
  for (const { timeMs, line } of lines) {
    const size = Buffer.byteLength(line) + BYTES_PER_EVENT;
    timestamp = Math.max(timestamp, timeMs);
    const startedAt = call[0]?.timestamp;
    const full = call.length === MAX_EVENTS || bytes + size > MAX_BYTES;
    if (startedAt !== undefined && (full || timestamp - startedAt >= MAX_SPAN_MS)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push({ timestamp, message: line });
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}
