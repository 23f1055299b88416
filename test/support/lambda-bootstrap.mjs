// What Lambda's Node runtime does, as far as a function can tell: it finds `index` as .js (CommonJS), .mjs, then .cjs, awaits
// it, and then asks for invocations one after the other. An error of the handler is reported, and the next one asked for.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: name } = process.env;
const [file, member] = name.split('.');
const base = `http://${api}/2018-06-01/runtime`;
const path = join(root, file);

async function load() {
  const require = createRequire(import.meta.url);
  if (existsSync(`${path}.js`)) return require(`${path}.js`);
  if (existsSync(`${path}.mjs`)) return import(pathToFileURL(`${path}.mjs`).href);
  return require(`${path}.cjs`);
}

const report = (url, error) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify({
      errorType: error?.name,
      errorMessage: error?.message,
      trace: String(error?.stack).split('\n'),
    }),
  });

let handler;
try {
  handler = (await load())[member];
} catch (error) {
  await report(`${base}/init/error`, error);
  process.exit(1);
}

for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const event = await next.json();
  const requestId = next.headers.get('lambda-runtime-aws-request-id');
  const deadlineMs = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId: requestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    const reply = await handler(event, context);
    await fetch(`${base}/invocation/${requestId}/response`, { method: 'POST', body: JSON.stringify(reply) });
  } catch (error) {
    await report(`${base}/invocation/${requestId}/error`, error);
  }
}
