// The emulator that stacks are deployed to, as a process, with the host of its functions.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { freePort } from '../support/free-port.ts';
import { childEnvironment } from '../support/child.ts';
import { type LambdaHost, startLambdaHost } from './lambda-host.ts';

const SERVER = fileURLToPath(new URL('./emulator.py', import.meta.url));
export const REGION = 'eu-central-1';
/** A second Region. */
export const SECOND_REGION = 'eu-west-1';
/** The account of everything in moto. */
export const ACCOUNT = '123456789012';

export interface Emulator {
  /** What reaches it: the variables of every program that speaks to AWS. */
  readonly variables: Readonly<Record<string, string>>;
  readonly client: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly functions: LambdaHost;
  /** Ends all services and buckets of a Region. */
  lose(region: string): void;
  /** Types of resources that it was asked for and does not know. */
  unknownTypes(): string[];
  /** What roles were allowed, call by call: role, action, resource. */
  allowed(): string[];
  /** What roles were denied: role, action, resource, and why. */
  denials(): string[];
  stop(): Promise<void>;
}

/** Starts it by a Python that has moto. Rejects with what it printed, if it ends. */
export async function startEmulator(python: string): Promise<Emulator> {
  const port = await freePort();
  // By name: the CDK takes an address for one of AWS's own and puts the account before it.
  const endpoint = `http://localhost:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const client = { region: REGION, endpoint, credentials };
  const functions = await startLambdaHost((region) => new LambdaClient({ ...client, region }), variables);
  const directory = await mkdtemp(join(tmpdir(), 'emulator-'));
  const server = spawn(python, [SERVER, String(port), directory], {
    // Nothing beside the sources.
    env: childEnvironment(directory, { LAMBDA_HOST: functions.endpoint, PYTHONDONTWRITEBYTECODE: '1' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const said = (what: RegExp): string[] => [...new Set([...output.matchAll(what)].map(([, text]) => text!))].toSorted();
  const decided = (how: 'allowed' | 'denied'): string[] => {
    const lines = readFileSync(join(directory, 'decisions'), 'utf8').split('\n');
    return lines.flatMap((line) => (line.startsWith(`${how}: `) ? [line.slice(how.length + 2)] : []));
  };
  await listening(server, endpoint, () => output);
  return {
    variables,
    client,
    functions,
    lose: (region) => writeFileSync(join(directory, 'lost'), region),
    unknownTypes: () => said(/No Moto CloudFormation support for (\S+)/g),
    allowed: () => decided('allowed'),
    denials: () => decided('denied'),
    async stop() {
      const ended = new Promise((resolve) => server.on('close', resolve));
      server.kill('SIGKILL');
      await ended;
      await functions.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(server: ChildProcess, endpoint: string, output: () => string): Promise<void> {
  while (server.exitCode === null) {
    // oxlint-disable-next-line no-await-in-loop -- until it answers
    const reply = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (reply?.ok === true) return;
    // oxlint-disable-next-line no-await-in-loop -- until it answers
    await sleep(100);
  }
  throw new Error(`The emulator ended (${server.exitCode}): ${output()}`);
}
