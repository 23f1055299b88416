// Checks documents by their schemas, and translates zod's issues into problems that the author of a file understands.
import { z } from 'zod';
import { Hints } from '../base/nearest.ts';
import { memberStep } from './path.ts';
import { Problems } from './problem.ts';

/** Removes the reference to the document's schema, which only editors use. */
export function withoutSchema(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { $schema, ...content } = document as Record<string, unknown>;
  return typeof $schema === 'string' ? content : document;
}

export interface Checked<T> {
  /** Undefined where there are problems. */
  readonly data: T | undefined;
  readonly problems: Problems;
}

/** Issues of items after which the items behind them are not read. Ten times what is listed. */
const MOST_ISSUES = 1000;

/**
 * Checks a document of any size by a schema. An issue costs as much as fifty well-formed items, so when a thousand are known
 * the other items of lists and records are not read.
 */
export function checkBySchema<T extends z.ZodType>(schema: T, document: unknown): Checked<z.output<T>> {
  watchItems(schema);
  issuesLeft = MOST_ISSUES;
  let parsed: z.ZodSafeParseResult<z.output<T>>;
  let isWhole: boolean;
  try {
    parsed = schema.safeParse(document);
  } finally {
    isWhole = issuesLeft > 0;
    issuesLeft = undefined;
  }
  // The issues were those of options of unions that another option takes: no item may be left unread.
  if (parsed.success && !isWhole) parsed = schema.safeParse(document);
  const problems = new Problems();
  if (parsed.success) return { data: parsed.data, problems };
  const context = { schema, document, hints: new Hints() };
  for (const issue of parsed.error.issues) addIssue(problems, issue, context);
  if (!isWhole) problems.leaveOut();
  return { data: undefined, problems };
}

/** Issues that items may still have; undefined where no document is being checked. */
let issuesLeft: number | undefined;
const watched = new WeakSet<z.core.$ZodType>();
const items = new WeakSet<z.core.$ZodType>();

/** Makes every list and record in a schema leave its items unread when there are enough issues. */
function watchItems(schema: z.core.$ZodType): void {
  if (watched.has(schema)) return;
  watched.add(schema);
  // oxlint-disable-next-line no-underscore-dangle -- what zod offers to libraries
  const { def } = schema._zod;
  for (const part of Object.values(def)) partsOf(part).forEach(watchItems);
  if (def.type === 'array') watchItem((def as z.core.$ZodArrayDef).element);
  if (def.type === 'record') watchItem((def as z.core.$ZodRecordDef).valueType);
}

function watchItem(schema: z.core.$ZodType): void {
  if (items.has(schema)) return;
  items.add(schema);
  // oxlint-disable-next-line no-underscore-dangle -- what zod offers to libraries
  const inner = schema._zod;
  const run = inner.run.bind(inner);
  inner.run = (payload, context) => {
    if (issuesLeft === undefined) return run(payload, context);
    if (issuesLeft <= 0) return payload;
    const result = run(payload, context);
    if (!(result instanceof Promise)) issuesLeft -= result.issues.length;
    return result;
  };
}

/** Returns the schemas in a part of a definition: itself, those of a list, or those of the members of an object. */
function partsOf(part: unknown): z.core.$ZodType[] {
  if (typeof part !== 'object' || part === null) return [];
  if (part instanceof z.core.$ZodType) return [part];
  return Object.values(part).filter((each) => each instanceof z.core.$ZodType);
}

interface Context {
  readonly schema: z.core.$ZodType;
  readonly document: unknown;
  readonly hints: Hints;
}

/** Adds a problem for each unknown member, else one for the issue. Says what is allowed, and what is nearest to what is there. */
function addIssue(problems: Problems, issue: z.core.$ZodIssue, { schema, document, hints }: Context): void {
  const path = (): string =>
    `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : memberStep(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    const members = (): string[] => membersAt(schema, document, issue.path);
    problems.add(issue.keys.length, (i) => {
      const key = issue.keys[i]!;
      return { path: path() + memberStep(key), message: `unknown member${hints.of(key, members)}` };
    });
    return;
  }
  problems.add(1, () => {
    const options = optionsOf(issue);
    const given = partAt(document, issue.path);
    if (options === undefined) return { path: path(), message: issue.message };
    const hint = typeof given === 'string' ? hints.of(given, () => options) : '';
    const message = issue.code === 'invalid_union' ? `It must be one of ${options.join(', ')}` : issue.message;
    return { path: path(), message: message + hint };
  });
}

/** Returns what may stand in the place of an issue, where it is one of several texts. */
function optionsOf(issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === 'invalid_value' && issue.values.length > 1) return issue.values.map(String);
  if (issue.code !== 'invalid_union' || !('options' in issue) || !Array.isArray(issue.options)) return undefined;
  return issue.options.length === 0 ? undefined : issue.options.map(String);
}

function partAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, step) => {
    return typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[step] : undefined;
  }, document);
}

/** Returns the members that an object in a document may have; none where its schema cannot be told. */
function membersAt(root: z.core.$ZodType, document: unknown, path: readonly PropertyKey[]): string[] {
  let schema = plain(root, document);
  let part = document;
  for (const step of path) {
    part = partAt(part, [step]);
    schema = plain(stepInto(schema, step), part);
  }
  const def = schema && definitionOf(schema);
  return def?.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}

function stepInto(schema: z.core.$ZodType | undefined, step: PropertyKey): z.core.$ZodType | undefined {
  const def = schema && definitionOf(schema);
  switch (def?.type) {
    case 'object':
      return (def as z.core.$ZodObjectDef).shape[String(step)];
    case 'array':
      return (def as z.core.$ZodArrayDef).element;
    case 'record':
      return (def as z.core.$ZodRecordDef).valueType;
    default:
      return undefined;
  }
}

/** Takes a schema out of what may surround it: a default, or a union whose option the part of the document names. */
function plain(schema: z.core.$ZodType | undefined, part: unknown): z.core.$ZodType | undefined {
  const def = schema && definitionOf(schema);
  if (def === undefined) return undefined;
  if ('innerType' in def) return plain(def.innerType as z.core.$ZodType, part);
  if (def.type !== 'union' || !('discriminator' in def)) return schema;
  const { options, discriminator } = def as z.core.$ZodDiscriminatedUnionDef;
  const value = partAt(part, [discriminator]);
  // oxlint-disable-next-line no-underscore-dangle -- what zod offers to libraries
  const option = options.find((each) => each._zod.propValues?.[discriminator]?.has(value as string));
  return plain(option, part);
}

function definitionOf(schema: z.core.$ZodType): z.core.$ZodTypeDef {
  // oxlint-disable-next-line no-underscore-dangle -- what zod offers to libraries
  return schema._zod.def;
}
