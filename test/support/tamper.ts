// Scenarios as data: the steps that tamper with a log and a copy of its records.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeBundle } from '../../lib/transparency/tiles.ts';

/** Objects of a log by their path. */
export type Objects = Map<string, Uint8Array>;

/** A change of the objects of the log. */
export type ObjectStep =
  | { readonly remove: string }
  /** Removes everything whose path begins so. */
  | { readonly removeAll: string }
  | { readonly copy: string; readonly to: string }
  | { readonly swap: readonly [string, string] }
  | { readonly flip: string; readonly at: number }
  | { readonly cut: string; readonly at: number }
  | { readonly write: string; readonly text: string }
  | { readonly write: string; readonly base64: string };

/** A change of the lines of the copy; line numbers are 1-based and those at that step. */
export type LineStep =
  | { readonly delete: number; readonly to?: number }
  | { readonly deleteChain: string }
  | { readonly repeat: number; readonly after: number }
  | { readonly swap: readonly [number, number] }
  | { readonly change: number; readonly from: string; readonly into: string }
  | { readonly insert: string; readonly after: number };

export interface TamperScenario {
  readonly story: string;
  readonly log?: readonly ObjectStep[];
  /** The verifier is given the log alone. */
  readonly withoutRecords?: true;
  /** The verifier is given no record key. */
  readonly withoutRecordKey?: true;
  readonly records?: readonly LineStep[];
  readonly isExcerpt?: true;
  /** Replaces the key list of the log. */
  readonly keys?: object;
  /** Checkpoints stored elsewhere, by the name of their vector. */
  readonly known?: Readonly<Record<string, string>>;
  /** Adds the timestamps of test/vectors/timestamps/clean, and has the verifier check them. */
  readonly timestamps?: {
    /** Files of test/vectors/timestamps with the certificates that the verifier is given. */
    readonly tsa: readonly string[];
    readonly withinS: number;
  };
  /** The longest time between two checkpoints that the verifier was promised, seconds. */
  readonly everyS?: number;
  /** The number of checkpoints that the verifier knows of. */
  readonly checkpoints?: number;
  /** The lines of a witness policy. */
  readonly policy?: readonly string[];
  /** Seconds after the newest checkpoint of the clean log. */
  readonly later?: number;
  readonly expected: readonly object[];
}

/** A directory as objects. */
export function readObjects(directory: URL): Objects {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  const root = fileURLToPath(directory);
  return new Map(paths.map((path) => [relative(root, path).replaceAll(sep, '/'), readFileSync(path)]));
}

/** The records in the order in which they were sealed. */
export function sealedLines(objects: Objects, bundles: readonly string[]): readonly string[] {
  return bundles.flatMap((path) => decodeBundle(objects.get(path)!).map((entry) => Buffer.from(entry).toString()));
}

export function tamperWithObjects(objects: Objects, steps: readonly ObjectStep[]): Objects {
  const changed = new Map(objects);
  for (const step of steps) {
    if ('remove' in step) changed.delete(step.remove);
    else if ('removeAll' in step) {
      for (const path of objects.keys()) if (path.startsWith(step.removeAll)) changed.delete(path);
    } else if ('copy' in step) changed.set(step.to, there(changed, step.copy));
    else if ('swap' in step) {
      const [a, b] = step.swap;
      const bytes = there(changed, a);
      changed.set(a, there(changed, b)).set(b, bytes);
    } else if ('flip' in step) {
      const bytes = Uint8Array.from(there(changed, step.flip));
      bytes[step.at]! ^= 1;
      changed.set(step.flip, bytes);
    } else if ('cut' in step) changed.set(step.cut, there(changed, step.cut).slice(0, step.at));
    else if ('text' in step) changed.set(step.write, Buffer.from(step.text));
    else changed.set(step.write, Buffer.from(step.base64, 'base64'));
  }
  return changed;
}

export function tamperWithLines(lines: readonly string[], steps: readonly LineStep[]): readonly string[] {
  const changed = [...lines];
  for (const step of steps) {
    if ('delete' in step) changed.splice(step.delete - 1, (step.to ?? step.delete) - step.delete + 1);
    else if ('deleteChain' in step) {
      const kept = changed.filter((line) => !line.includes(`"chain_id":"${step.deleteChain}"`));
      changed.splice(0, changed.length, ...kept);
    } else if ('repeat' in step) changed.splice(step.after, 0, changed[step.repeat - 1]!);
    else if ('swap' in step) {
      const [a, b] = step.swap;
      [changed[a - 1], changed[b - 1]] = [changed[b - 1]!, changed[a - 1]!];
    } else if ('change' in step) {
      const line = changed[step.change - 1]!;
      if (!line.includes(step.from)) throw new Error(`Line ${step.change} has no ${step.from}`);
      changed[step.change - 1] = line.replace(step.from, step.into);
    } else changed.splice(step.after, 0, step.insert);
  }
  return changed;
}

function there(objects: Objects, path: string): Uint8Array {
  const bytes = objects.get(path);
  if (bytes === undefined) throw new Error(`There is no ${path}`);
  return bytes;
}
