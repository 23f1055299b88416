// Who reaches the console: this machine alone, with the token of the address, from the page itself. Notebooks do the same.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/**
 * Nothing but what the page brings: no inline script or style, no other host, no frame around it, and no text that becomes
 * markup or a script (Trusted Types; the policy `console` makes the address of the worker alone).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types console',
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

export class Guard {
  /** 256 random bits, in the address that the command prints. */
  readonly token = randomBytes(32).toString('base64url');
  /** Another 256, in the cookie: the address is in the history of the browser, and the cookie is not. */
  readonly #session = randomBytes(32).toString('base64url');
  #port = 0;

  /** Cookies of one host are sent to all of its ports: the name tells two consoles apart. */
  get #cookie(): string {
    return `protector-console-${this.#port}`;
  }

  listensOn(port: number): void {
    this.#port = port;
  }

  /** Returns the address to open. */
  address(origin: string): string {
    return `${origin}/?token=${this.token}`;
  }

  /** Refuses what does not come from the page itself; lets the address in, and gives it the cookie. */
  readonly middleware: MiddlewareHandler = async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    if (!this.#isOwnHost(c)) return refusal(c, 'The console answers to 127.0.0.1 and localhost alone');
    if (!this.#isOwnOrigin(c)) return refusal(c, 'The console answers to its own page alone');
    const given = c.req.query('token');
    if (given !== undefined && c.req.path === '/' && c.req.method === 'GET') {
      if (!isSame(given, this.token)) return refusal(c, WRONG_TOKEN);
      setCookie(c, this.#cookie, this.#session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return c.redirect('/', 303);
    }
    if (!isSame(getCookie(c, this.#cookie) ?? '', this.#session)) return refusal(c, NO_TOKEN);
    return next();
  };

  #isOwnHost(c: Context): boolean {
    return NAMES.some((name) => c.req.header('host') === `${name}:${this.#port}`);
  }

  /** Browsers say where a request comes from, scripts of other pages cannot say anything else (Fetch, Fetch Metadata). */
  #isOwnOrigin(c: Context): boolean {
    const [origin, site] = [c.req.header('origin'), c.req.header('sec-fetch-site')];
    const isOwn = origin === undefined || origin === `http://${c.req.header('host')}`;
    if (c.req.method !== 'GET' && origin === undefined) return false;
    return isOwn && (site === undefined || site === 'same-origin' || site === 'none');
  }
}

const NEXT = 'Copy the address that "protector console" printed into the address line of the browser.';
const NO_TOKEN = 'This browser has not shown the token of the address.';
const WRONG_TOKEN = 'This is not the token of this console: it has a new one each time it starts.';

function refusal(c: Context, why: string): Response {
  return c.json({ error: why, next: NEXT }, 403);
}

/** Compares in constant time. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [given, right].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
