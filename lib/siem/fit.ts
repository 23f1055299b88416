// Every sink takes 32 KB; formats differ in how many bytes they make of an event that was accepted as smaller.
import type { SecurityEvent } from '../events/event.ts';

const MAX_BODY_BYTES = 32_768;

/**
 * What `render` makes of the event, in at most 32 KB. Where it is more, the longest text of the event is halved, an ellipsis
 * taking the place of the rest, and so on until it fits; `iclFields.truncated` says so. The same for the same event.
 */
export function fitted(event: SecurityEvent, render: (event: SecurityEvent) => string): string {
  let body = render(event);
  for (let fitting = event; Buffer.byteLength(body) > MAX_BODY_BYTES; body = render(fitting)) {
    const shorter = shortened(fitting);
    if (shorter === undefined) return body; // nothing left to cut: the sink decides
    fitting = shorter;
  }
  return body;
}

/** The names by which a receiver finds the event stay whole. */
const WHOLE: ReadonlySet<string> = new Set(['event', 'tspRayId']);
/** Shorter texts are not what makes an event large. */
const SHORT = 16;

function shortened(event: SecurityEvent): SecurityEvent | undefined {
  const texts = (['customFields', 'iclFields'] as const).flatMap((member) =>
    Object.entries(event[member])
      .filter((field): field is [string, string] => typeof field[1] === 'string' && !WHOLE.has(field[0]))
      .map(([name, text]) => ({ member, name, text })),
  );
  const longest = texts.toSorted((a, b) => b.text.length - a.text.length)[0];
  if (longest === undefined || longest.text.length <= SHORT) return undefined;
  const { member, name, text } = longest;
  const cut = `${text.slice(0, text.length >>> 1).toWellFormed()}…`;
  const other = { ...event, [member]: { ...event[member], [name]: cut } };
  return { ...other, iclFields: { ...other.iclFields, truncated: true } };
}
