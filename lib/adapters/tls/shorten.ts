// Shortens a body to a limit in bytes, such that it stays one well-formed JSON object or CEF event. `truncated` marks it.
import { attempt } from '../../base/attempt.ts';
import { isObject, parseJson } from '../../base/json.ts';

/** Texts of at most this many UTF-16 units stay whole where that is enough: ids, names, times. */
const SHORT = 64;
const ELLIPSIS = '…';

/**
 * Cuts the longest texts of a body until it has at most `maxBytes` bytes of UTF-8: as little as possible, at whole
 * characters, the same for the same body. Where names and short texts alone are longer, the result holds the beginning
 * of the body as one text.
 */
export function shortened(body: string, content: 'json' | 'text', maxBytes: number): string {
  return content === 'json' ? shortenedJson(body, maxBytes) : shortenedCef(body, maxBytes);
}

function shortenedJson(body: string, maxBytes: number): string {
  const parsed = attempt(() => parseJson(body));
  const whole = parsed.ok && isObject(parsed.value) ? { ...parsed.value, truncated: true } : undefined;
  return (
    (whole && fitting(jsonOf(whole), SHORT, body.length, maxBytes)) ??
    fitting(jsonOf({ truncated: true, message: body }), 0, body.length, maxBytes) ??
    '{"truncated":true}'
  );
}

/** Returns a function that writes a value with each text cut to a length. */
function jsonOf(value: object): (longest: number) => string {
  return (longest) =>
    JSON.stringify(value, (_name, part: unknown) => (typeof part === 'string' ? beginning(part, longest) : part));
}

const MARK = ' truncated=true';

/** An equals sign in a value has a backslash before it, so that no value holds a pair. */
function shortenedCef(body: string, maxBytes: number): string {
  const pairs = body.split(/ (?=[A-Za-z0-9]+=)/);
  const render = (longest: number) => `${pairs.map((pair) => cefBeginning(pair, longest)).join(' ')}${MARK}`;
  const last = (longest: number) => `${cefBeginning(body, longest)}${MARK}`;
  return fitting(render, SHORT, body.length, maxBytes) ?? fitting(last, 0, body.length, maxBytes) ?? '';
}

/**
 * Renders with the greatest length from `least` to `most` whose result fits. Returns undefined when none does. A longer
 * length must not give a shorter result.
 */
function fitting(
  render: (longest: number) => string,
  least: number,
  most: number,
  maxBytes: number,
): string | undefined {
  let found: string | undefined;
  for (let low = least, high = most; low <= high; ) {
    const middle = (low + high) >>> 1;
    const rendered = render(middle);
    if (Buffer.byteLength(rendered) <= maxBytes) {
      found = rendered;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

/** Returns a text of at most `longest` units, with an ellipsis after it where something is missing. */
function beginning(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return `${text.slice(0, isHalf ? longest - 1 : longest)}${ELLIPSIS}`;
}

/** Returns the beginning of a pair without the first half of an escape at its end. */
function cefBeginning(pair: string, longest: number): string {
  if (pair.length <= longest) return pair;
  const cut = beginning(pair, longest).slice(0, -ELLIPSIS.length);
  const [slashes = ''] = /\\*$/.exec(cut) ?? [];
  return `${slashes.length % 2 === 0 ? cut : cut.slice(0, -1)}${ELLIPSIS}`;
}
