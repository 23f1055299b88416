#!/usr/bin/env node
// Plain JavaScript on purpose: on a Node that cannot run the sources it must still be able to say which Node is needed.
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The sources have types and `using`; the npm package has neither, and names an older one here. */
const OLDEST = '24.0.0';
if (process.versions.node.localeCompare(OLDEST, 'en', { numeric: true }) < 0) {
  console.error(
    `protector needs Node ${OLDEST} or newer and this is ${process.version}: run it through npm or npx, which use the Node 24 of this package (on macOS install Node 24).`,
  );
  process.exit(2);
}
// Not Node's default, the shared temporary folder: compiled code must come from a folder of the user's own. Where the folder
// cannot be written, nothing is cached and everything works.
const { XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env;
const compiled =
  NODE_COMPILE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'serverless-protector', 'compiled');
module.enableCompileCache(compiled);
// Worker threads do not take it over: each reads its environment.
process.env.NODE_COMPILE_CACHE = compiled;
await import('./main.ts');
