// Every sink takes 32 KB, and some formats make more than that of an event that was accepted as smaller.
import type { SecurityEvent } from '../events/event.ts';

const MAX_BODY_BYTES = 32_768;

/**
 * Renders the event in at most 32 KB: halves its longest text, with an ellipsis in place of the rest, until the result
 * fits, and sets `iclFields.truncated`. Returns the same for the same event.
 */
export function fitted(event: SecurityEvent, render: (event: SecurityEvent) => string): string {
  let body = render(event);
  for (let fitting = event; Buffer.byteLength(body) > MAX_BODY_BYTES; body = render(fitting)) {
    const shorter = shortened(fitting);
    if (shorter === undefined) return body; // nothing is left to cut: the sink decides
    fitting = shorter;
  }
  return body;
}

/** Names by which a receiver finds the event: they stay whole. */
const WHOLE: ReadonlySet<string> = new Set(['event', 'tspRayId']);
/** Texts of at most this length are not cut. */
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
