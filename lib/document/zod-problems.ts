// Checks documents by their schemas, and translates zod's issues into problems that the author of a file understands.
import { z } from 'zod';
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
  for (const issue of parsed.error.issues) addIssue(problems, issue);
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

/** Adds a problem for each unknown member, else one for the issue. */
function addIssue(problems: Problems, issue: z.core.$ZodIssue): void {
  const path = (): string =>
    `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : memberStep(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    problems.add(issue.keys.length, (i) => ({ path: path() + memberStep(issue.keys[i]!), message: 'unknown member' }));
  } else {
    problems.add(1, () => ({ path: path(), message: issue.message }));
  }
}
