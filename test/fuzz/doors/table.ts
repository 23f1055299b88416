// Every door, for the runner and for the test that none is forgotten.
import type { Door } from './door.ts';
import { CONSOLE } from './console.ts';
import { DOCUMENTS } from './documents.ts';
import { EVIDENCE } from './evidence.ts';
import { FILES } from './files.ts';
import { FRONT_ENDS } from './front-ends.ts';
import { KEYS_AND_DELIVERY } from './keys-and-delivery.ts';

export const DOORS: readonly Door[] = [
  ...FRONT_ENDS,
  ...DOCUMENTS,
  ...EVIDENCE,
  ...KEYS_AND_DELIVERY,
  ...CONSOLE,
  ...FILES,
];
