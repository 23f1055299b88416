#!/usr/bin/env node
// Plain JavaScript on purpose: it must be able to say, on a Node that cannot strip types, which Node is needed.
if (!process.features.typescript) {
  console.error(
    `protector needs Node 22.18 or newer and this is ${process.version}: run it through npm or npx, which use the Node 24 of this package.`,
  );
  process.exit(2);
}
await import('./main.ts');
