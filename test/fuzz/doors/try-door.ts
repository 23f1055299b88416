// Sends mutated inputs through a door and judges what comes of each.
import { isNativeError } from 'node:util/types';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { Random } from '../random.ts';
import { type Door, MARKER, type OpenDoor, type Passed } from './door.ts';
import { mutated } from './mutate.ts';

export interface Finding {
  /** Number of the input: the same seed makes it again. */
  readonly at: number;
  readonly what: string;
}

export interface Tally {
  inputs: number;
  taken: number;
  refused: number;
  findings: Finding[];
}

/** A door with its seeds as bytes. */
export interface ReadyDoor {
  readonly door: Door;
  readonly opened: OpenDoor;
  readonly seeds: readonly Buffer[];
}

/** Opens a door. Rejects when it does not take one of its own seeds: mutants of such a one would test nothing. */
export async function readyDoor(door: Door): Promise<ReadyDoor> {
  const opened = await door.open();
  const seeds = opened.seeds.map((seed) => Buffer.from(seed));
  for (const [i, seed] of seeds.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- a door has one caller at a time
    const { taken } = await opened.enter(seed);
    if (!taken) throw new RangeError(`${door.name} does not take its seed ${i}`);
  }
  if (seeds.length === 0) throw new RangeError(`${door.name} has no seed`);
  return { door, opened, seeds };
}

/** Returns input `at` of a run. It depends on seed and number alone. */
export function inputOf({ door, seeds }: ReadyDoor, seed: number, at: number): ReturnType<typeof mutated> {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b));
  return mutated(random.pick(seeds), seeds, door.form, random);
}

/** Tries one input and returns the finding, if there is one. */
export async function tryInput(ready: ReadyDoor, seed: number, at: number, tally: Tally): Promise<void> {
  const { input, keepsPlaces } = inputOf(ready, seed, at);
  tally.inputs += 1;
  const outcome = await outcomeOf(ready.opened, input);
  if ('passed' in outcome) tally[outcome.passed.taken ? 'taken' : 'refused'] += 1;
  else if (outcome.error instanceof ProtectorError) tally.refused += 1;
  else tally.findings.push({ at, what: `an unexpected error: ${worded(outcome.error)}` });
  const shown = 'passed' in outcome ? (outcome.passed.shown ?? '') : textOf(outcome.error);
  if (keepsPlaces && shown.includes(MARKER)) tally.findings.push({ at, what: `a value is shown: ${excerpt(shown)}` });
  const polluted = pollution();
  if (polluted !== undefined) tally.findings.push({ at, what: polluted });
}

async function outcomeOf(
  { enter }: OpenDoor,
  input: Buffer,
): Promise<{ readonly passed: Passed } | { readonly error: unknown }> {
  try {
    return { passed: await enter(input) };
  } catch (error) {
    return { error };
  }
}

/** The prototypes that every value shares, with the names that they have. */
const SHARED = [Object.prototype, Array.prototype, Function.prototype, String.prototype].map(
  (prototype: object) => [prototype, new Set(Reflect.ownKeys(prototype))] as const,
);

/** Says whether an input has left a member on a shared prototype, and removes it. */
function pollution(): string | undefined {
  for (const [prototype, names] of SHARED) {
    for (const name of Reflect.ownKeys(prototype)) {
      if (names.has(name)) continue;
      Reflect.deleteProperty(prototype, name);
      return `a prototype has the new member ${String(name)}`;
    }
  }
  return undefined;
}

function worded(error: unknown): string {
  if (!isNativeError(error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const ours = frames.find((line) => /\/(?:lib|functions)\//.test(line)) ?? frames[0] ?? '';
  return `${error.name} ${error.message.slice(0, 120)} ${ours.trim()}`;
}

/** What an error says: its message, and those of its causes. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let cause = error; isNativeError(cause) && texts.length < 5; cause = cause.cause) texts.push(cause.message);
  return texts.join('\n');
}

function excerpt(shown: string): string {
  const at = shown.indexOf(MARKER);
  return JSON.stringify(shown.slice(Math.max(0, at - 80), at + MARKER.length + 20));
}
