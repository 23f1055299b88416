// Times in findings: epoch seconds against the verifier's clock.

/** Difference between honest clocks, seconds: what is dated later than this after now is a finding. */
export const CLOCK_SKEW_S = 300;

/** Returns why `time` is later than `latest`, both in epoch seconds; undefined when it is not, or without a clock. */
export function laterThanNow(time: number, latest: number | undefined): string | undefined {
  if (latest === undefined || time <= latest + CLOCK_SKEW_S) return undefined;
  return `It is dated ${isoTime(time)}, and it is ${isoTime(latest)}`;
}

/** The last second that a date can have (ECMA-262, time values). */
const LAST_DATE_S = 8.64e12;

/** Formats epoch seconds as ISO 8601, UTC; a number beyond all dates as it is. */
export function isoTime(seconds: number): string {
  if (Math.abs(seconds) > LAST_DATE_S) return `${seconds} s after 1970`;
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
