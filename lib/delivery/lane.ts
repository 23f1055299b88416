// A lane carries one tenant's events to one of its sinks, independently of all other lanes.
import { createHash } from 'node:crypto';
import { BACKLOG_PREFIX, DAMAGED_PREFIX, DEAD_LETTER_PREFIX, LANE_STATE_PREFIX } from '../contract/log-forwarder.ts';
import { Backlog, type Placed } from './backlog.ts';
import { DeadLetters } from './dead-letters.ts';
import { LaneStates } from './lane-state.ts';
import type { DeliverySink, ListableStore } from './ports.ts';

export interface Lane {
  /** Safe in keys and file names, and unique where file names ignore case: see `laneId`. */
  readonly id: string;
  /** The dimension of its metrics, from a closed list. */
  readonly kind: string;
  readonly sink: DeliverySink;
  /** Changes when its settings may have changed. @default they never do */
  readonly revision?: number | undefined;
}

/** Parcels for a lane, in the order of their stream. */
export interface LaneLoad {
  readonly lane: Lane;
  readonly placed: readonly Placed[];
}

/** Where lanes keep their parcels and states. */
export interface LaneStore {
  readonly backlog: Backlog;
  readonly states: LaneStates;
  readonly deadLetters: DeadLetters;
}

export function laneStore(store: ListableStore): LaneStore {
  return {
    backlog: new Backlog(store, BACKLOG_PREFIX, DAMAGED_PREFIX),
    states: new LaneStates(store, LANE_STATE_PREFIX),
    deadLetters: new DeadLetters(store, DEAD_LETTER_PREFIX),
  };
}

const LONGEST_NAME = 100;

/**
 * Returns the lane id of a tenant's sink, such as `acme@splunk`. Percent-encodes every byte but lower-case letters,
 * digits, hyphens and underscores, and ends names that are too long for a file name in a digest: two tenants never
 * share a lane.
 */
export function laneId(tenantId: string, sinkName: string): string {
  return `${encoded(tenantId)}@${encoded(sinkName)}`;
}

/** Tells whether an id is that of a tenant's sink. Ids of other lanes have no `@`. */
export function isTenantLane(id: string): boolean {
  return id.includes('@');
}

function encoded(name: string): string {
  const text = [...Buffer.from(name)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (text.length <= LONGEST_NAME) return text;
  // No encoded name contains a dot.
  return `${text.slice(0, LONGEST_NAME - 33)}.${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
