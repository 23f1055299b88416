// The server of the console: the files of its page, and what the page asks for. It reads, but for the trials.
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { readFilter } from '../../../lib/console/filter.ts';
import type {
  Failure,
  Overview,
  ProofReply,
  RecordInFull,
  SubjectFacts,
  TenantFacts,
} from '../../../lib/console/messages.ts';
import { usageOf } from '../../../lib/console/overview.ts';
import { PERIODS_DAYS, readersOf } from '../../../lib/console/readers.ts';
import type { Guard } from './guard.ts';
import type { Live } from './live.ts';
import type { PageFile } from './page-bundle.ts';
import type { PolicyPages } from './policy-pages.ts';
import type { TrailBook } from './trail-book.ts';
import { readTry, type Trials } from './try.ts';

export interface ConsoleParts {
  readonly guard: Guard;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly subject: SubjectFacts;
  readonly book: TrailBook;
  readonly live: Live;
  readonly prove: (record: RecordInFull) => Promise<ProofReply>;
  /** Absent where the console looks at no workspace. */
  readonly policy: PolicyPages | undefined;
  readonly trials: Trials | undefined;
  readonly tenants: (() => Promise<TenantFacts>) | undefined;
  readonly nowMs: () => number;
  /** Called with an unexpected error. The page learns only that there was one. */
  readonly onFault: (error: unknown) => void;
}

const MOST_ROWS = 500;
/** A hundred values of the longest kind. */
const MAX_TRIAL_BYTES = 1024 * 1024;
const PING_MS = 15_000;

export function consoleServer(parts: ConsoleParts): Hono {
  const { guard, files, subject, book, live, nowMs } = parts;
  const app = new Hono();
  app.use(guard.middleware);
  for (const [path, { type, text }] of files) app.get(path, (c) => c.body(text, 200, { 'content-type': type }));
  app.get('/api/subject', (c) => c.json(subject));
  app.get('/api/overview', (c) => {
    const overview: Overview = {
      progress: book.progress,
      verdict: book.verdict,
      usage: usageOf(book.counted()),
      nowMs: nowMs(),
    };
    return c.json(overview);
  });
  app.get('/api/records', (c) => {
    const query = new URL(c.req.url).searchParams;
    const [from, count] = [wholeOf(query.get('from')), wholeOf(query.get('count'))];
    const upTo = query.get('upTo') === null ? Infinity : wholeOf(query.get('upTo'));
    return c.json(book.list(readFilter(query), from, Math.min(count, MOST_ROWS), upTo));
  });
  app.get('/api/records/:line', async (c) => {
    const record = await book.inFull(wholeOf(c.req.param('line')));
    return record === undefined ? c.json(NO_RECORD, 404) : c.json(record);
  });
  app.get('/api/records/:line/proof', async (c) => {
    const record = await book.inFull(wholeOf(c.req.param('line')));
    return record === undefined ? c.json(NO_RECORD, 404) : c.json(await parts.prove(record));
  });
  app.get('/api/readers', (c) => {
    const days = PERIODS_DAYS.find((each) => String(each) === c.req.query('days')) ?? 7;
    return c.json({ readers: readersOf(book.counted(), days) ?? null });
  });
  app.get('/api/live', (c) => streamLive(c, live));
  policyRoutes(app, parts.policy);
  app.get('/api/tenants', async (c) =>
    parts.tenants === undefined ? c.json(NO_TENANTS, 404) : c.json(await parts.tenants()),
  );
  app.post('/api/try', bodyLimit({ maxSize: MAX_TRIAL_BYTES, onError: (c) => c.json(WRONG_TRIAL, 413) }), async (c) => {
    if (parts.trials === undefined) return c.json(NO_WORKSPACE, 404);
    const request = readTry(await c.req.json().catch(() => undefined));
    return request === undefined ? c.json(WRONG_TRIAL, 400) : c.json(await parts.trials.try(request));
  });
  app.notFound((c) => c.json({ error: 'There is no such page', next: 'Open the address of the console again.' }, 404));
  app.onError((error, c) => {
    if (error instanceof ProtectorError) return c.json(failure(error.message, RETRY), 409);
    parts.onFault(error);
    return c.json(failure('The console met an unexpected error', 'The command that started it says which.'), 500);
  });
  return app;
}

function policyRoutes(app: Hono, policy: PolicyPages | undefined): void {
  const answering = (answer: (pages: PolicyPages, c: Context) => Promise<object>) => async (c: Context) =>
    policy === undefined ? c.json(NO_WORKSPACE, 404) : c.json(await answer(policy, c));
  app.get(
    '/api/policy',
    answering((pages) => pages.facts()),
  );
  app.get(
    '/api/policy/why',
    answering((pages, c) => pages.reason(c.req.query('user') ?? '', c.req.query('element') ?? '')),
  );
  app.get(
    '/api/policy/diff',
    answering((pages, c) => pages.changes(c.req.query('from') ?? '', c.req.query('to') ?? '')),
  );
  app.get(
    '/api/policy/tests',
    answering((pages) => pages.tests()),
  );
}

function streamLive(c: Context, live: Live): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    // Without a word for long, a page could not tell a quiet trail from a console that has ended.
    const ping = setInterval(() => void stream.writeSSE({ event: 'ping', data: '' }), PING_MS);
    try {
      for await (const data of live.messages(gone.signal)) await stream.writeSSE({ event: 'progress', data });
    } finally {
      clearInterval(ping);
    }
  });
}

/** Reads a whole number; 0 for any other text. */
function wholeOf(text: string | null | undefined): number {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
}

const RETRY = 'Mend that, and load the page again.';

function failure(error: string, next: string): Failure {
  return { error, next };
}

const NO_RECORD = failure('There is no such record', 'It may have been replaced: go back to the list.');
const NO_WORKSPACE = failure(
  'The console looks at a copy of records, which has no policy',
  'Start "protector console --dir DIR" over a workspace to see this page.',
);
const NO_TENANTS = failure(
  'The console looks at a copy of records, which has no tenants',
  'Start "protector console" with --dir for a workspace, or with --store or --function for a forwarder on AWS.',
);
const WRONG_TRIAL = failure(
  'This is no trial that can be carried out',
  'A trial has a user, an element, and 1 to 100 values of at most 4,096 characters.',
);
