// moto, an emulator of AWS, for tests that ask for more than a fake.
import { describe } from '@jest/globals';

/** Where it listens; empty where there is none. */
export const MOTO_URL = process.env['MOTO_URL'] ?? '';
/** Why tests over it are skipped; undefined where there is one. */
export const MOTO_MISSING = process.env['MOTO_URL'] === undefined ? 'MOTO_URL is not set' : undefined;

/** What a client of the SDK needs to call it. */
export const motoAws = {
  region: 'us-east-1',
  endpoint: MOTO_URL,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** What the environment of a function says for its clients to call it. */
export const motoEnvironment = {
  AWS_ENDPOINT_URL: MOTO_URL,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** A suite that needs it. Without it, its tests are printed as skipped. */
export function describeOverMoto(name: string, tests: () => void): void {
  const suite = MOTO_MISSING === undefined ? describe : describe.skip;
  suite(`${name} over the AWS emulator${MOTO_MISSING === undefined ? '' : `: ${MOTO_MISSING}`}`, tests);
}
