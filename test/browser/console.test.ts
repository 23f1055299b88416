// The console in Debian's Chromium, by the library of Playwright. CI installs Chromium and sets `CHROMIUM` to its path; elsewhere the
// checks are skipped, and listed as skipped. `PICTURES=docs/pictures` also writes a picture of each page.
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { stampCheckpoint } from '../../lib/transparency/timestamping.ts';
import { prepare, runProtector } from '../support/command.ts';
import { axeFindings, type Scheme, type Screen, startChromium, type Watched, watchedPage } from './chromium.ts';
import { fillLanes } from '../support/console/lanes.ts';
import { writeUse } from '../support/console/trail.ts';
import { type LocalAuthority, localAuthority } from '../support/local-authority.ts';
import { listenHere, type ServedHere } from '../support/served.ts';

const { CHROMIUM, CI, PICTURES } = process.env;

const PAGES = ['overview', 'trail', 'verify', 'policy', 'readers', 'try', 'tenants'] as const;
type PageName = (typeof PAGES)[number];
const TITLES: Readonly<Record<PageName, string>> = {
  overview: 'Overview',
  trail: 'Trail',
  verify: 'Verify',
  policy: 'Policy',
  readers: 'Who saw what',
  try: 'Try',
  tenants: 'Tenants',
};
const SCREENS: Readonly<Record<string, Screen>> = {
  telephone: { width: 360, height: 740 },
  laptop: { width: 1366, height: 768 },
  wide: { width: 3840, height: 2160 },
};
const SCHEMES: readonly Scheme[] = ['light', 'dark'];
const SCRIPT = '"><img src=x onerror="alert(1)"><script>alert(2)</script>';

test('CI has a Chromium', () => {
  expect(CI === undefined || CHROMIUM !== undefined).toBe(true);
});

(CHROMIUM === undefined ? describe.skip : describe)('the console in a browser (CHROMIUM)', () => {
  let directory: string;
  let browser: Browser;
  let served: ServedHere;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'browser-'));
    const cwd = directory;
    await prepare(['demo', '--rows', '2000', '--dir', 'made'], { cwd });
    await writeUse(join(cwd, 'made'), { records: 6000, days: 45, endMs: Date.now() - 30_000 });
    await prepare(['audit', 'seal', '--dir', 'made'], { cwd });
    for (const event of ['USER_LOGIN', 'DATA_EXPORT', 'ADMIN_CHANGE_PERMISSIONS']) {
      await sendEvent(cwd, 'made', {
        tenantId: 'acme',
        iclFields: { requestingId: 'ann', event, objectId: 'invoice-7' },
      });
    }
    await fillLanes(join(cwd, 'made'), 'acme@file', Date.now());
    browser = await startChromium(CHROMIUM!);
    served = await listenHere(cwd, ['console', '--dir', 'made']);
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  interface Setting {
    readonly scheme?: Scheme;
    readonly screen?: Screen;
    readonly address?: string;
  }

  /** Opens the console in a browser of its own, and hands over its page; then nothing must have gone wrong. */
  async function inBrowser(
    { scheme = 'light', screen = SCREENS['laptop']!, address = served.origin }: Setting,
    look: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({
      colorScheme: scheme,
      viewport: screen,
      reducedMotion: 'reduce',
      deviceScaleFactor: 1,
    });
    try {
      const watched: Watched = await watchedPage(context, new URL(address).origin);
      await watched.page.goto(address);
      await look(watched.page, context);
      expect(watched.wrongs).toEqual([]);
    } finally {
      await context.close();
    }
  }

  /** Goes to a page, and waits until it shows what it is for. */
  async function show(page: Page, name: PageName): Promise<void> {
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: TITLES[name], exact: true })
      .click();
    await page.getByRole('heading', { level: 1, name: TITLES[name] }).waitFor();
    await page.locator(READY[name]).first().waitFor();
    await page.locator('.spinner').first().waitFor({ state: 'detached' });
  }

  const READY: Readonly<Record<PageName, string>> = {
    overview: '.verdict.good',
    // The newest record may be a trial of another test, which the next verification will cover.
    trail: '.grid-row .chip.good',
    verify: '.drop',
    policy: '.tests li',
    readers: '.heat-5',
    try: 'form.try',
    tenants: 'text=nothing waits',
  };

  test.each(SCHEMES.flatMap((scheme) => Object.keys(SCREENS).map((screen) => [scheme, screen] as const)))(
    'each page shows real data in %s on a %s, and axe finds nothing',
    async (scheme, screen) => {
      await inBrowser({ scheme, screen: SCREENS[screen]! }, async (page) => {
        for (const name of PAGES) {
          await show(page, name);
          await fill(page, name);
          expect([name, await axeFindings(page)]).toEqual([name, []]);
          const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          expect([name, tooWide]).toEqual([name, false]);
          if (PICTURES !== undefined) await picture(page, `${name}-${screen}-${scheme}`);
        }
      });
    },
  );

  /** Does what a page is for, so that its picture and its check have something to look at. */
  async function fill(page: Page, name: PageName): Promise<void> {
    if (name === 'try') {
      await page.getByLabel('As user').fill('test_user');
      await page.getByRole('combobox', { name: 'Element', exact: true }).selectOption('deSSN');
      await page.getByLabel('Values, one a line').fill('900-12-3456\n900-65-4321');
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByRole('heading', { name: 'The record that it left' }).waitFor();
    }
    if (name === 'verify') {
      await give(page, tamperedCopy());
      await page.getByRole('heading', { name: 'Not intact' }).waitFor();
    }
  }

  /** A copy of records, log and key list, in which one record was changed and one entry of the log too. */
  function tamperedCopy(): string {
    const folder = join(mkdtempSync(join(directory, 'copy-')), 'evidence');
    mkdirSync(folder);
    cpSync(join(directory, 'made/log'), join(folder, 'log'), { recursive: true });
    cpSync(join(directory, 'made/audit-keys.json'), join(folder, 'audit-keys.json'));
    const lines = readFileSync(join(directory, 'made/audit/audit.jsonl'), 'utf8').split('\n');
    writeFileSync(
      join(folder, 'audit.jsonl'),
      lines.with(41, lines[41]!.replace('"cnt":', '"cnt":9')).toSpliced(99, 1).join('\n'),
    );
    const bundle = join(folder, 'log/tile/entries/000');
    const bytes = readFileSync(bundle);
    bytes[2000]! ^= 1;
    writeFileSync(bundle, bytes);
    return folder;
  }

  test('Verify names what was done to records and log, each where it is, and sends nothing', async () => {
    await inBrowser({}, async (page) => {
      await show(page, 'verify');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      await give(page, tamperedCopy());
      await page.getByRole('heading', { name: 'Not intact' }).waitFor();
      const findings = (await page.locator('.verdict .findings tbody').first().innerText()).replaceAll(/\s+/g, ' ');
      expect(findings).toMatch(/modified \S*\/audit\.jsonl:42 Not what was sealed as leaf 41/);
      expect(findings).toMatch(/modified tile\/entries\/000/);
      expect(findings).toMatch(/missing .*sealed from leaf 99 on, in no line of the records/);
      // The page's own scripts: the worker, and the parts that it shares.
      expect(asked.filter((request) => !/^GET \/(?:verify-worker|chunk-\w+)\.js$/.test(request))).toEqual([]);
    });
  });

  test('Verify calls an untouched copy intact, and checks a proof', async () => {
    await prepare(['audit', 'prove', '7', '--out', 'proof.txt', '--dir', 'made'], { cwd: directory });
    const whole = mkdtempSync(join(directory, 'whole-'));
    cpSync(join(directory, 'made/log'), join(whole, 'log'), { recursive: true });
    cpSync(join(directory, 'made/audit-keys.json'), join(whole, 'audit-keys.json'));
    const sealed = readFileSync(join(directory, 'made/audit/audit.jsonl'), 'utf8');
    writeFileSync(join(whole, 'audit.jsonl'), sealed);
    cpSync(join(directory, 'proof.txt'), join(whole, 'proof.txt'));
    await inBrowser({}, async (page) => {
      await show(page, 'verify');
      await give(page, whole);
      await page.getByRole('heading', { name: 'The proof holds' }).waitFor();
      // Trials of other tests may have left records that are not sealed yet: without a record key those are covered by nothing.
      const headline = await page.locator('#result').innerText();
      expect(['Intact', 'Not verified in whole']).toContain(headline);
      await page.getByText('proof.txt: leaf 7 of').first().waitFor();
    });
  });

  test('Verify checks cosignatures and timestamps by what is dropped for it, and says what it did not check', async () => {
    const { log, policy, certificate, stranger } = await sealedByOthers();
    await inBrowser({}, async (page) => {
      await show(page, 'verify');
      expect(await sealsOf(page, folderOf(log))).toMatch(
        /cosignatures of 1 checkpoint were not checked.*timestamps of 1 checkpoint were not checked/,
      );
      expect(await sealsOf(page, folderOf(log, { 'policy.txt': policy, 'tsa.pem': certificate }))).toMatch(
        /1 of 1 have cosigned; a quorum up to 1 record.*timestamps of 1 checkpoint were checked.*revoked/,
      );
      expect(await page.locator('#result').innerText()).toBe('Intact');
      expect(await axeFindings(page)).toEqual([]);
      await sealsOf(page, folderOf(log, { 'tsa.pem': stranger }));
      expect(await page.locator('#result').innerText()).toBe('Not intact');
      await page.getByText('leads to no given authority').waitFor();
    });
  });

  /** A small trail whose log a witness has cosigned and an authority has stamped. */
  async function sealedByOthers(): Promise<{ log: string; policy: string; certificate: string; stranger: string }> {
    const cwd = directory;
    const others = (...args: readonly string[]): Promise<string> => prepare([...args, '--dir', 'others'], { cwd });
    await others('init');
    await others('query', "select pty_protect_decity('Sofia')");
    await others('audit', 'seal');
    const keygen = ['witness', 'keygen', '--name', 'witness.example.com/w', '--dir', 'witness'];
    const key = (await prepare(keygen, { cwd })).trim();
    const serve = ['witness', 'serve', '--dir', 'witness', '--keys', 'others/audit-keys.json', '--port', '0'];
    const serving = await listenHere(cwd, serve);
    const policy = `witness w ${key} ${serving.origin}\ngroup all all w\nquorum all\n`;
    writeFileSync(join(cwd, 'policy.txt'), policy);
    await others('audit', 'seal', '--policy', 'policy.txt');
    await serving.stop();
    const [authority, another] = await Promise.all([localAuthority(Date.now), localAuthority(Date.now)]);
    const store = fileTileStore(join(cwd, 'others/log'));
    await stampCheckpoint({ store, authorities: [authority], nonce: () => randomBytes(8) }, 0);
    return { log: join(cwd, 'others'), policy, certificate: pemOf(authority), stranger: pemOf(another) };
  }

  /** Copies records, log and key list of a workspace into a folder, and adds files. */
  function folderOf(workspace: string, more: Readonly<Record<string, string>> = {}): string {
    const folder = mkdtempSync(join(directory, 'folder-'));
    for (const [from, to] of [
      ['log', 'log'],
      ['audit-keys.json', 'audit-keys.json'],
      ['audit/audit.jsonl', 'audit.jsonl'],
    ] as const) {
      cpSync(join(workspace, from), join(folder, to), { recursive: true });
    }
    for (const [name, text] of Object.entries(more)) writeFileSync(join(folder, name), text);
    return folder;
  }

  test('Verify takes files that are dropped: a proof that was changed does not hold', async () => {
    await prepare(['audit', 'prove', '7', '--out', 'seven.txt', '--dir', 'made'], { cwd: directory });
    const proof = readFileSync(join(directory, 'seven.txt'), 'utf8');
    const keys = readFileSync(join(directory, 'made/audit-keys.json'), 'utf8');
    const changed = proof.replace(/^index 7$/m, 'index 8');
    expect(changed).not.toBe(proof);
    await inBrowser({}, async (page) => {
      await show(page, 'verify');
      await page.locator('.drop').evaluate(
        (place, texts) => {
          const transfer = new DataTransfer();
          for (const [name, text] of texts) transfer.items.add(new File([text], name));
          place.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
        },
        [
          ['good.txt', proof],
          ['changed.txt', changed],
          ['keys.json', keys],
        ] as const,
      );
      await page.getByRole('region', { name: 'good.txt' }).getByText('The proof holds').waitFor();
      await page.getByRole('region', { name: 'changed.txt' }).getByText('The proof does not hold').waitFor();
    });
  });

  test('a record opens in full, with a proof that the browser checks itself', async () => {
    await inBrowser({}, async (page) => {
      await show(page, 'trail');
      await page.getByRole('searchbox', { name: 'User' }).fill('hotline');
      await page.getByText(/^[\d,]+ records$/).waitFor();
      await page.locator('#record-0').filter({ hasText: 'hotline' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('"policy_user": "hotline"').waitFor();
      await dialog.getByRole('button', { name: 'Prove that it is sealed' }).click();
      await dialog.getByText('Proved, and verified by this browser').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      if (PICTURES !== undefined) await picture(page, 'record-laptop-light');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    });
  });

  test("the policy says why, and the answer is the command line's", async () => {
    await inBrowser({}, async (page) => {
      await show(page, 'policy');
      await page.getByRole('button', { name: /^analyst, deSSN: null/ }).click();
      const dialog = page.getByRole('dialog', { name: 'analyst and deSSN' });
      await dialog.getByText('analyst does not grant it').first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
    });
  });

  test('everything can be done by keys alone', async () => {
    await inBrowser({}, async (page) => {
      await page.locator('.verdict.good').waitFor();
      const focused = (): Promise<string> =>
        page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 40) ?? '');
      const tabTo = async (text: string): Promise<void> => {
        for (let i = 0; i < 60 && (await focused()) !== text; i++) await page.keyboard.press('Tab');
        expect(await focused()).toBe(text);
      };
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Go to the content');
      await tabTo('Trail');
      await page.keyboard.press('Enter');
      await page.locator('#record-0 .chip').first().waitFor();
      expect(await focused()).toBe('Trail');
      const isInGrid = (): Promise<boolean> =>
        page.evaluate(() => document.activeElement?.getAttribute('role') === 'grid');
      for (let i = 0; i < 20 && !(await isInGrid()); i++) await page.keyboard.press('Tab');
      expect(await isInGrid()).toBe(true);
      for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'End', 'Home', 'ArrowDown'])
        await page.keyboard.press(key);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-activedescendant'))).toBe('record-1');
      await page.locator('#record-1 .chip').first().waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await isInGrid()).toBe(true);
    });
  });

  test('records that are written while it is open appear', async () => {
    await inBrowser({}, async (page, context) => {
      await show(page, 'trail');
      const before = await page.locator('#record-0').getAttribute('aria-rowindex');
      expect(before).toBe('2');
      const other = await context.newPage();
      await other.goto(new URL('/#/try', served.origin).href);
      await other.getByLabel('As user').fill('live_visitor');
      await other.getByLabel('Values, one a line').fill('900-12-3456');
      await other.getByRole('button', { name: 'Try it' }).click();
      await page.locator('#record-0').filter({ hasText: 'live_visitor' }).waitFor();
    });
  });

  describe('with 100,000 records', () => {
    let many: ServedHere;

    beforeAll(async () => {
      await prepare(['init', '--dir', 'many'], { cwd: directory });
      await writeUse(join(directory, 'many'), { records: 100_000, days: 300, endMs: Date.now() - 30_000 });
      many = await listenHere(directory, ['console', '--dir', 'many']);
    });
    afterAll(() => many?.stop());

    test('shows the first view, scrolls to the oldest and filters; the times are printed', async () => {
      const times: string[] = [];
      const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
        const start = performance.now();
        await work();
        times.push(`${name} ${Math.round(performance.now() - start)} ms`);
      };
      await inBrowser({ address: many.origin }, async (page) => {
        await page.locator('.charts canvas').first().waitFor();
        times.push(
          `first view ${await page.evaluate(() => Math.round(performance.now()))} ms after the address was opened`,
        );
        await timed('read', () => page.getByText('100,000 records').first().waitFor());
        await page.goto(new URL('/#/trail', many.origin).href);
        await timed('list', () => page.locator('#record-0 .chip').first().waitFor());
        await timed('to the oldest', async () => {
          await page.locator('.grid').evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
          await page.locator('#record-99999 .chip').first().waitFor();
        });
        await timed('back by a thousand rows at a time', async () => {
          for (let row = 99_000; row >= 0; row -= 11_000) {
            await page.locator('.grid').evaluate((element, top) => element.scrollTo({ top }), row * 40);
            await page.locator(`#record-${row} .chip`).first().waitFor();
          }
        });
        expect(await page.locator('.grid-space .grid-row').count()).toBeLessThan(80);
        await page.locator('.grid').evaluate((element) => element.scrollTo({ top: 0 }));
        await timed('filter', async () => {
          await page.getByRole('searchbox', { name: 'User' }).fill('marketing');
          await page.locator('#record-0').filter({ hasText: 'marketing' }).waitFor();
        });
      });
      process.stdout.write(`100,000 records in the console: ${times.join(', ')}\n`);
    });
  });

  describe('with names that are scripts', () => {
    let hostile: ServedHere;

    beforeAll(async () => {
      const cwd = directory;
      await prepare(['init', '--dir', 'hostile'], { cwd });
      const last = [
        { user: SCRIPT, element: SCRIPT, code: 2, queryId: SCRIPT, cluster: SCRIPT },
        { user: SCRIPT, operation: 'Unprotect' as const, element: SCRIPT, code: 8, queryId: SCRIPT },
      ];
      await writeUse(join(cwd, 'hostile'), { records: 20, days: 2, endMs: Date.now() - 30_000, last });
      const body = { tenantId: 'acme', iclFields: { requestingId: SCRIPT, event: 'DATA_EXPORT', objectId: SCRIPT } };
      await sendEvent(cwd, 'hostile', body);
      hostile = await listenHere(cwd, ['console', '--dir', 'hostile']);
    });
    afterAll(() => hostile?.stop());

    test('each page shows them as text, and none runs', async () => {
      await inBrowser({ address: hostile.origin }, async (page) => {
        await page.getByRole('link', { name: SCRIPT }).first().waitFor();
        await show(page, 'trail');
        await page.locator('#record-0').filter({ hasText: SCRIPT }).click();
        await page.getByRole('dialog').getByText('policy_user').waitFor();
        await page.keyboard.press('Escape');
        await show(page, 'readers');
        await page.getByRole('link', { name: SCRIPT }).first().click();
        await page.locator('#record-0').filter({ hasText: SCRIPT }).waitFor();
        await show(page, 'tenants');
        await page.getByRole('cell', { name: SCRIPT }).first().waitFor();
        await show(page, 'try');
        await page.getByLabel('As user').fill(SCRIPT);
        await page.getByLabel('Values, one a line').fill(SCRIPT);
        await page.getByRole('button', { name: 'Try it' }).click();
        await page.getByRole('heading', { name: 'Refused' }).waitFor();
        expect(await page.locator('main img, main script').count()).toBe(0);
      });
    });
  });

  test('another site cannot read it, try it, frame it or enter it by its address', async () => {
    const { createServer } = await import('node:http');
    const attacker = createServer((_, reply) => {
      reply.setHeader('content-type', 'text/html');
      reply.end('<!doctype html><title>attacker</title><body></body>');
    });
    await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
    const { port } = attacker.address() as { port: number };
    const context = await browser.newContext();
    try {
      const own = await context.newPage();
      await own.goto(served.origin);
      await own.locator('.verdict').first().waitFor();
      const page = await context.newPage();
      await page.goto(`http://localhost:${port}/`);
      const target = new URL('/', served.origin).href;
      const outcomes = await page.evaluate(async (url) => {
        const tried = async (path: string, options: RequestInit): Promise<string> => {
          try {
            const reply = await fetch(url + path, options);
            return reply.type === 'opaque' ? 'sent, unread' : `read ${reply.status}`;
          } catch {
            return 'refused';
          }
        };
        return [
          await tried('api/overview', { credentials: 'include' }),
          await tried('api/overview', { credentials: 'include', mode: 'no-cors' }),
          await tried('api/try', {
            method: 'POST',
            credentials: 'include',
            body: '{}',
            headers: { 'content-type': 'application/json' },
          }),
        ];
      }, target);
      expect(outcomes).toEqual(['refused', 'refused', 'refused']);
      const framed = await page.evaluate((url) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
        return new Promise<boolean>((resolve) => {
          frame.addEventListener('load', () => resolve(frame.contentDocument === null));
        });
      }, target);
      expect(framed).toBe(true);
      const entered = await page.evaluate((url) => {
        location.href = url;
      }, served.origin);
      expect(entered).toBeUndefined();
      await page.getByText('answers to its own page alone').waitFor();
    } finally {
      await context.close();
      attacker.close();
    }
  });

  test('the report as one file draws itself without a violation and without a request', async () => {
    const file = join(directory, 'report.html');
    const { code } = await runProtector(['audit', 'report', '--html', file, '--dir', 'made'], { cwd: directory });
    expect(code).toBe(0);
    for (const scheme of SCHEMES) {
      const context = await browser.newContext({ colorScheme: scheme, viewport: SCREENS['laptop']! });
      const { page, wrongs } = await watchedPage(context, 'null');
      await page.goto(`file://${file}`);
      await page.locator('.charts canvas').first().waitFor();
      await page.locator('.heat-5').first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      if (PICTURES !== undefined) await picture(page, `report-laptop-${scheme}`);
      expect(wrongs.filter((wrong) => wrong !== `request: file://${file}`)).toEqual([]);
      await context.close();
    }
  });
});

function pemOf({ certificate }: LocalAuthority): string {
  const base64 = Buffer.from(certificate.toSchema().toBER()).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

/** Has the tenant gateway accept an event. */
async function sendEvent(cwd: string, dir: string, metadata: object): Promise<void> {
  const { 'app-key': key } = JSON.parse(readFileSync(join(cwd, dir, 'tenant-secrets.json'), 'utf8')) as Record<
    string,
    string
  >;
  const event = {
    httpMethod: 'POST',
    path: '/api/1/event/security-event',
    headers: { authorization: `cmk ${key}` },
    body: JSON.stringify({ customFields: {}, ...metadata }),
  };
  const reply = await prepare(['invoke', 'tenants', '--event', '-', '--dir', dir], {
    cwd,
    stdin: JSON.stringify(event),
  });
  expect(JSON.parse(reply)).toMatchObject({ statusCode: 200 });
}

/** The pictures that the repository keeps: those of a wall take ten times the room. */
const KEPT = /laptop|telephone-light/;

/** Writes a picture, without the temporary folder of the test in it. Into `docs/` only those that are kept. */
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES!.startsWith('docs/') && !KEPT.test(name)) return;
  mkdirSync(PICTURES!, { recursive: true });
  await page.mouse.move(0, 0);
  const places = page.locator('.subject p:first-child, main.report > p:first-of-type');
  await places.first().evaluate((element) => {
    element.textContent = element.textContent.replace(/^\/\S*\/made/, '.protector');
  });
  await page.screenshot({ path: join(PICTURES!, `${name}.png`), animations: 'disabled' });
}

/** Chooses a folder on the page Verify. */
async function give(page: Page, folder: string): Promise<void> {
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
}

/** Gives a folder to the page Verify, in place of what it had. Resolves to what it says that others have sealed. */
async function sealsOf(page: Page, folder: string): Promise<string> {
  const again = page.getByRole('button', { name: 'Start anew' });
  if (await again.isVisible()) await again.click();
  await give(page, folder);
  await page.locator('#result').waitFor();
  return (await page.locator('.verdict .seals').innerText()).replaceAll(/\s+/g, ' ');
}
