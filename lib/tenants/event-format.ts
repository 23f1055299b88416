export const EVENT_FORMATS = ['native', 'ocsf', 'ecs', 'cef'] as const;
/** The JSON of the reference product, OCSF 1.x, Elastic Common Schema, or Common Event Format. */
export type EventFormat = (typeof EVENT_FORMATS)[number];
