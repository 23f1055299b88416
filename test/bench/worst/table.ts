// Every door of the benchmark, for the runner, its processes that measure memory, and the test that they take their inputs.

import type { Door } from './door.ts';
import { FRONT_END_DOORS } from './front-ends.ts';
import { methodDoors } from './methods.ts';
import { PARSER_DOORS } from './parsers.ts';

export const WORST_DOORS: readonly Door[] = [...FRONT_END_DOORS, ...PARSER_DOORS, ...methodDoors()];
