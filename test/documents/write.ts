// npm run docs: writes the pages and pictures that are made and not written.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from './cli-page.ts';
import { ROOT } from './pages.ts';
import { drawTranscript } from './svg.ts';
import { FIRST_LOOK, firstLook } from './first-look.ts';

writeFileSync(join(ROOT, 'docs/cli.md'), await commandsPage());
writeFileSync(join(ROOT, FIRST_LOOK), drawTranscript(await firstLook()));
