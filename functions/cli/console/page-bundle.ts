// The page of the console as browsers load it. Made from its sources when a command needs it: that takes a fifth of a second, and
// so there is no build before the first start and no bundle that is older than its sources.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/** Of entries without an extension: esbuild finds the TypeScript of the repository, and the JavaScript of the npm package. */
const OPTIONS = {
  // Where package.json is, which names the files that stand in for those of Node.
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  minify: true,
  platform: 'browser',
  target: ['es2022', 'chrome120', 'firefox121', 'safari17'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** Returns the files of the page by their paths. Rejects with the error of esbuild. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const [html, icon, { outputFiles }] = await Promise.all([
    readFile(`${PAGE}index.html`, 'utf8'),
    readFile(`${PAGE}icon.svg`, 'utf8'),
    build({
      ...OPTIONS,
      entryPoints: { console: `${PAGE}main`, 'verify-worker': `${PAGE}verify-worker` },
      format: 'esm',
      // What few need is a file of its own: the verifier of timestamps is larger than the rest of the verifier.
      splitting: true,
      outdir: '/',
    }),
  ]);
  const made = outputFiles.map(({ path, text }): [string, PageFile] => {
    const type = path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
    return [path.slice(path.lastIndexOf('/')).replace(/^\/?/, '/'), { type, text }];
  });
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ['/icon.svg', { type: 'image/svg+xml', text: icon }],
    ...made,
  ]);
}

/**
 * Returns a page that holds everything itself: style, script and `data`. It asks no host for anything, and runs no script but its
 * own, whose digest its policy names.
 */
export async function selfContainedPage(title: string, data: unknown): Promise<string> {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: { report: `${PAGE}report` },
    format: 'iife',
    outdir: '/',
  });
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  // What would end the element, or begin a comment in it.
  const script = `\n${textOf('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}`;
  const style = `\n${textOf('.css')}`;
  const policy = [
    "default-src 'none'",
    `script-src ${digestOf(script)}`,
    `style-src ${digestOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${inHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This report needs JavaScript to draw itself. It loads nothing and sends nothing.</noscript>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`;
}

function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Names an element's text in a policy (CSP 3, §2.3.1). */
function digestOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
