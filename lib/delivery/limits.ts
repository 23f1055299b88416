// How long a sink may take, and for whom.

/** The longest time that a sink lets a call take, with some to spare. */
export const CALL_MS = 15_000;

/** Calls to sinks at the same time. */
export const CONNECTIONS = 100;

/** A call without a reply after this gives its place among the connections to the next. */
export const YIELD_MS = 100;

/**
 * How long a batch waits for a lane after the first lane is done. A lane that needs longer is slow: the batch goes on
 * without it, and the drainer, for which no other lane waits, serves it.
 */
export const PATIENCE_MS = 500;

/** How long a batch waits at most, when no lane is done: then this process may be the slow one. */
export const LONGEST_PATIENCE_MS = 1_000;
