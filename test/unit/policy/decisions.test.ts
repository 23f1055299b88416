// Runs the decision tables of test/vectors/decisions, row by row.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../../lib/base/operation.ts';
import { type Decision, PolicyDecider } from '../../../lib/policy/decide.ts';
import { maskSetting } from '../../../lib/policy/mask.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import type { MaskDefinition } from '../../../lib/policy/elements/parts.ts';

/** A row: its cells by heading. */
type Row = Readonly<Record<string, string>>;

const MASKS: Record<string, object> = {
  'six-four': { fromLeft: 6, fromRight: 4, mode: 'clear' },
  'same-again': { fromLeft: 6, fromRight: 4, mode: 'clear', character: '*' },
  'two-two': { fromLeft: 2, fromRight: 2, mode: 'mask' },
  'hash-mark': { fromLeft: 6, fromRight: 4, mode: 'clear', character: '#' },
};

const ELEMENTS: Record<string, object> = {
  token: { method: 'tokenization', type: 'numeric', shortData: 'error' },
  'token like it': { method: 'tokenization', type: 'numeric', shortData: 'error' },
  'token with clear ends': { method: 'tokenization', type: 'numeric', shortData: 'error', fromRight: 4 },
  'token of any text': { method: 'tokenization', type: 'unicode-bytes' },
  digest: { method: 'hash', type: 'hmac-sha256' },
  clear: { method: 'clear', type: 'no-encryption' },
  monitor: { method: 'clear', type: 'monitor' },
  masking: { method: 'clear', type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } },
};

const OPERATIONS: Record<string, Operation> = {
  protect: 'Protect',
  unprotect: 'Unprotect',
  reprotect: 'Reprotect',
  check: 'Check',
};

/** Parses `protect, unprotect as six-four else null quiet` as a role of Ann's; `silent` has no grant. */
function role(name: string, text: string, element: string, isDefault = false): object {
  const parsed =
    /^(silent|nothing|[a-z, ]*?protect)(?: as ([a-z-]+))?(?: else (\w+))?(?: (quiet)( success| failure)?)?$/.exec(text);
  if (parsed === null) throw new Error(`Not a role: ${text}`);
  const [, permissions, mask, noAccess, quiet, which] = parsed as (string | undefined)[];
  const off = {
    ...(which !== ' failure' && { successful: false }),
    ...(which !== ' success' && { failed: false }),
  };
  const grant = {
    element,
    permissions: permissions === 'nothing' ? [] : permissions!.split(', '),
    ...(noAccess !== undefined && { noAccess }),
    ...(mask !== undefined && { mask }),
    ...(quiet !== undefined && { audit: { protect: off, unprotect: off, reprotect: off } }),
  };
  return {
    name,
    default: isDefault,
    members: isDefault ? [] : ['ann'],
    grants: permissions === 'silent' ? [] : [grant],
  };
}

function decide(row: Row, conflictResolution: string): Decision {
  const { roles, element, operation, 'default role': byDefault, 'new element': newElement } = row;
  const known = element === 'absent' ? 'token' : element!;
  const of = (names: string, which: string): object[] =>
    names === '–' ? [] : names.split(' + ').map((text, i) => role(`role ${i} of ${which}`, text, which));
  const own = [...of(roles!, known), ...(newElement === undefined ? [] : of(row['roles of the new one']!, newElement))];
  const policy = parsePolicy({
    name: 'P',
    dataStore: 'D',
    conflictResolution,
    masks: Object.entries(MASKS).map(([name, mask]) => ({ name, ...mask })),
    elements: Object.entries(ELEMENTS).map(([name, facts], i) => ({
      id: `00000000-0000-4000-8000-0000000000${i + 10}`,
      name,
      ...facts,
    })),
    roles: byDefault === undefined ? own : [...own, role('everyone', byDefault, known, true)],
  });
  const moved = operation === 'reprotect' ? { oldElement: element! } : {};
  return new PolicyDecider(policy).decide(
    {
      user: 'ann',
      operation: OPERATIONS[operation!]!,
      element: newElement ?? element!,
      ...moved,
    },
    0,
  );
}

/** Writes a decision in the words of the tables. */
function word(decision: Decision): string {
  switch (decision.kind) {
    case 'allow':
      return decision.mask === undefined ? 'allowed' : `masked ${nameOf(decision.mask)}`;
    case 'mask':
      return 'view';
    case 'substitute':
      return decision.noAccess;
    case 'refuse':
    default:
      return `code ${decision.code}`;
  }
}

function nameOf(mask: MaskDefinition): string {
  const settings = Object.entries(MASKS).map(([name, each]) => [
    maskSetting({ character: '*', ...each } as MaskDefinition),
    name,
  ]);
  return settings.find(([setting]) => setting === maskSetting(mask))?.[1] ?? 'unknown';
}

/** Tells whether a request with this decision gets its own record. */
function record({ kind, audit }: Decision): string {
  return (kind === 'allow' ? audit.successful : audit.failed) ? 'each' : 'summary';
}

interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Reads the tables of the document, with their headings. */
function tables(): Table[] {
  const text = readFileSync(new URL('../../vectors/decisions/README.md', import.meta.url), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [head, , ...lines] = section.split('\n').filter((line) => line.startsWith('|'));
      const names = cells(head!);
      const rows = lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i]!, cell])));
      return { title: section.split('\n')[0]!, rows };
    });
}

const ALL = tables();

describe.each(ALL.map(({ title, rows }): [string, Row[]] => [title, [...rows]]))('%s', (title, rows) => {
  const resolution = title.includes('most restrictive') ? 'most-restrictive' : 'least-restrictive';

  test.each(rows.map((row): [string, Row] => [sentence(row), row]))('%s', (_, row) => {
    const decision = decide(row, resolution);
    const { record: recorded = record(decision) } = row;
    expect([word(decision), record(decision)]).toEqual([row.decision, recorded]);
  });
});

function sentence(row: Row): string {
  const { roles, 'default role': byDefault, element, operation, decision, record: recorded, because } = row;
  const inherits = byDefault === undefined ? '' : `, by default ${byDefault}`;
  return `${roles}${inherits}: ${operation} ${element} → ${decision}${recorded === undefined ? '' : `, ${recorded}`}, because ${because}`;
}

test('the tables have more than 90 rows, all different', () => {
  const keys = ALL.flatMap(({ title, rows }) =>
    rows.map((row) => JSON.stringify([title.includes('recorded'), title.includes('most'), { ...row, because: '' }])),
  );
  expect(keys.length).toBeGreaterThan(90);
  expect(new Set(keys).size).toBe(keys.length);
});
