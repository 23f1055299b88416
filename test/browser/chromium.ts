// Chromium, and what its pages do: the violations of the policy, the hosts that were asked, and errors of the script.
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export type Scheme = 'light' | 'dark';

export interface Screen {
  readonly width: number;
  readonly height: number;
}

/** What a page did that it must not do: empty when all is well. */
export interface Watched {
  readonly page: Page;
  readonly wrongs: readonly string[];
}

export async function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--force-color-profile=srgb', '--hide-scrollbars'] });
}

/** Opens a page whose wrongs are noted. It may ask `origin` alone. */
export async function watchedPage(context: BrowserContext, origin: string): Promise<Watched> {
  const wrongs: string[] = [];
  const page = await context.newPage();
  await page.exposeFunction('noteViolation', (text: string) => wrongs.push(`violation: ${text}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      const { noteViolation } = globalThis as unknown as { noteViolation: (text: string) => void };
      noteViolation(`${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
    });
  });
  page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') wrongs.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (asked !== origin && !['data:', 'blob:'].includes(protocol)) wrongs.push(`request: ${request.url()}`);
  });
  return { page, wrongs };
}

/** Returns what axe finds on a page, as `rule: element`. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    interface Axe {
      run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
    );
  });
}
