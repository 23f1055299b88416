// The list of keys that signed a trail. A verifier trusts it because of its source.
import { shortKeyId } from '../audit/sign.ts';
import { isoTime } from '../base/clock.ts';
import { LogError } from '../transparency/errors.ts';
import { type KeyInUse, outsideUse } from '../transparency/findings.ts';
import { parseVerifierKey } from '../transparency/note.ts';
import type { WitnessPolicy } from '../transparency/witness-policy.ts';

/** A record signing key by its id; the key itself is secret and not in the list. Times: epoch seconds, inclusive. */
export interface RecordKeyInUse {
  readonly keyId: string;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** Public: holds no secret. Retired keys stay in it, so that what they signed can be verified. */
export interface KeyList {
  /** Origin of the log; also the name of its checkpoint keys. */
  readonly origin: string;
  readonly checkpointKeys: readonly KeyInUse[];
  readonly recordKeys: readonly RecordKeyInUse[];
  /** The longest time from a checkpoint of the log to the next, seconds. @default - the list promises none */
  readonly checkpointEveryS?: number | undefined;
}

/**
 * Formats a key list: `{"origin", "checkpoint_every_s", "checkpoint_keys": [{"key", "from", "until"}], "record_keys":
 * [{"key_id", "from", "until"}]}`, times ISO 8601.
 */
export function formatKeyList({ origin, checkpointKeys, recordKeys, checkpointEveryS }: KeyList): string {
  const list = {
    origin,
    ...(checkpointEveryS !== undefined && { checkpoint_every_s: checkpointEveryS }),
    checkpoint_keys: checkpointKeys.map(({ key, ...use }) => ({ key: key.verifierKey, ...times(use) })),
    record_keys: recordKeys.map(({ keyId, ...use }) => ({ key_id: keyId, ...times(use) })),
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Parses a key list. Throws `LogError` `LOG_MALFORMED`, which names the member. */
export function parseKeyList(text: string): KeyList {
  const list = members(parse(text), 'list');
  const origin = textOf(list, 'origin');
  const checkpointKeys = arrayOf(list, 'checkpoint_keys').map((entry) => {
    const key = parseVerifierKey(textOf(entry, 'key'));
    if (key.name !== origin) throw malformed('the name of a checkpoint key must be the origin of the log');
    return { key, ...useOf(entry) };
  });
  const recordKeys = arrayOf(list, 'record_keys').map((entry) => ({ keyId: textOf(entry, 'key_id'), ...useOf(entry) }));
  return { origin, checkpointKeys, recordKeys, ...clockOf(list) };
}

/** Returns why a record key was not in use at `time`, or undefined. A list without record keys excludes no key. */
export function recordKeyOutsideUse(list: KeyList | undefined, keyId: string, time: number): string | undefined {
  const uses = list?.recordKeys.filter((key) => shortKeyId(key.keyId) === keyId) ?? [];
  if (list === undefined || list.recordKeys.length === 0) return undefined;
  if (uses.length === 0) return `The key list does not know key id ${JSON.stringify(keyId.slice(0, 40))}`;
  const reasons = uses.map((each) => outsideUse(time, each));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/**
 * Returns the checkpoint keys of a list. Without those of logs that the policy does not list, where it lists any; none
 * without a list.
 */
export function checkpointKeysOf(keys: KeyList | undefined, policy: WitnessPolicy | undefined): readonly KeyInUse[] {
  const all = keys?.checkpointKeys ?? [];
  if (policy === undefined || policy.logs.length === 0) return all;
  return all.filter(({ key }) => policy.logs.some(({ verifierKey }) => verifierKey === key.verifierKey));
}

function times({ from, until }: { from?: number | undefined; until?: number | undefined }): object {
  return {
    ...(from === undefined ? {} : { from: isoTime(from) }),
    ...(until === undefined ? {} : { until: isoTime(until) }),
  };
}

function useOf(entry: Members): { from: number | undefined; until: number | undefined } {
  return { from: timeOf(entry, 'from'), until: timeOf(entry, 'until') };
}

function clockOf({ checkpoint_every_s: everyS }: Members): Pick<KeyList, 'checkpointEveryS'> {
  if (everyS === undefined) return {};
  if (typeof everyS !== 'number' || !Number.isSafeInteger(everyS) || everyS < 1) {
    throw malformed('checkpoint_every_s must be a whole number of seconds, at least 1');
  }
  return { checkpointEveryS: everyS };
}

type Members = Readonly<Record<string, unknown>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
}

function members(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`${name} must be an object`);
  return { ...value };
}

function arrayOf(list: Members, name: string): readonly Members[] {
  const value = list[name];
  if (!Array.isArray(value)) throw malformed(`${name} must be an array`);
  return value.map((entry: unknown, i) => members(entry, `${name}[${i}]`));
}

function textOf(entry: Members, name: string): string {
  const value = entry[name];
  if (typeof value !== 'string' || value === '') throw malformed(`${name} must be a non-empty text`);
  return value;
}

function timeOf(entry: Members, name: string): number | undefined {
  if (entry[name] === undefined) return undefined;
  const ms = Date.parse(textOf(entry, name));
  if (Number.isNaN(ms)) throw malformed(`${name} must be an ISO 8601 time`);
  return Math.floor(ms / 1000);
}

function malformed(why: string): LogError {
  return new LogError('LOG_MALFORMED', `Not a key list: ${why}`);
}
