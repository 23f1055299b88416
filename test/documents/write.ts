// npm run docs: writes the pages and pictures that are made and not written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from './cli-page.ts';
import { COSTS_PAGE, costsPage } from './costs-page.ts';
import { FIRST_LOOK, firstLook, shapeOf } from './first-look.ts';
import { ROOT } from './pages.ts';
import { drawTranscript } from './svg.ts';

writeFileSync(join(ROOT, 'docs/cli.md'), await commandsPage());
writeFileSync(join(ROOT, COSTS_PAGE), await costsPage());

// A run that differs in its tokens alone leaves the picture as it is.
const picture = join(ROOT, FIRST_LOOK);
const drawn = drawTranscript(await firstLook());
const before = existsSync(picture) ? readFileSync(picture, 'utf8') : '';
if (shapeOf(drawn) !== shapeOf(before)) writeFileSync(picture, drawn);
