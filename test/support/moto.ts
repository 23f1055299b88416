// moto, an emulator of AWS, for tests that ask for more than a fake.
import { describe } from '@jest/globals';

/** The address of the emulator; empty without one. */
export const MOTO_URL = process.env['MOTO_URL'] ?? '';
/** Why its tests are skipped; undefined with an emulator. */
export const MOTO_MISSING = process.env['MOTO_URL'] === undefined ? 'MOTO_URL is not set' : undefined;

/** The settings of SDK clients for the emulator. */
export const motoAws = {
  region: 'us-east-1',
  endpoint: MOTO_URL,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** The environment variables that lead a function's clients to the emulator. */
export const motoEnvironment = {
  AWS_ENDPOINT_URL: MOTO_URL,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** Declares a suite that needs the emulator. Without one, its tests are printed as skipped. */
export function describeOverMoto(name: string, tests: () => void): void {
  const suite = MOTO_MISSING === undefined ? describe : describe.skip;
  suite(`${name} over the AWS emulator${MOTO_MISSING === undefined ? '' : `: ${MOTO_MISSING}`}`, tests);
}
