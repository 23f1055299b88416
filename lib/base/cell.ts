/** One value as SQL engines and JSON carry it. */
export type Cell = string | number | boolean | null;

/** Values of one column in row order. */
export type Column = readonly Cell[];
