// A lane: the way of one tenant's events to one of its sinks. What one lane does, no other notices.
import { createHash } from 'node:crypto';
import { BACKLOG_PREFIX, DEAD_LETTER_PREFIX, LANE_STATE_PREFIX } from '../contract/log-forwarder.ts';
import { Backlog, type Placed } from './backlog.ts';
import { DeadLetters } from './dead-letters.ts';
import { LaneStates } from './lane-state.ts';
import type { DeliverySink, ListableStore } from './ports.ts';

export interface Lane {
  /** Safe as a part of keys and file names, and unique also where names of files know no upper case: see `laneId`. */
  readonly id: string;
  /** What metrics tell it by: from a closed list. */
  readonly kind: string;
  readonly sink: DeliverySink;
}

/** What a lane is to deliver, in the order of its stream. */
export interface LaneLoad {
  readonly lane: Lane;
  readonly placed: readonly Placed[];
}

/** Where lanes keep what they must not lose. */
export interface LaneStore {
  readonly backlog: Backlog;
  readonly states: LaneStates;
  readonly deadLetters: DeadLetters;
}

export function laneStore(store: ListableStore): LaneStore {
  return {
    backlog: new Backlog(store, BACKLOG_PREFIX),
    states: new LaneStates(store, LANE_STATE_PREFIX),
    deadLetters: new DeadLetters(store, DEAD_LETTER_PREFIX),
  };
}

const LONGEST_NAME = 100;

/**
 * The lane of a tenant's sink: `acme@splunk`. Whatever is not a lower-case letter, a digit, a hyphen or an underscore is
 * percent-encoded, and names too long for a file name end in a digest, so that two tenants never share a lane.
 */
export function laneId(tenantId: string, sinkName: string): string {
  return `${encoded(tenantId)}@${encoded(sinkName)}`;
}

function encoded(name: string): string {
  const text = [...Buffer.from(name)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (text.length <= LONGEST_NAME) return text;
  // A dot is in no encoded name.
  return `${text.slice(0, LONGEST_NAME - 33)}.${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
