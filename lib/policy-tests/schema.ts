// The document of policy tests, as files hold it. Every test and statement is a sentence (sentences.ts) or the object that
// stands for the sentence. `json-schema.ts` makes the published schema from this.

import { z } from 'zod';
import { INSTANT } from '../policy/term.ts';

/** Longer sentences say more than one thing. */
export const MAX_SENTENCE = 500;

const sentence = z
  .string()
  .min(1)
  .max(MAX_SENTENCE)
  .describe('A sentence, such as `analyst unprotects deSSN: null`; docs/policy/tests.md lists the forms');

const text = z.string().min(1).max(200);
const list = (what: string) => z.union([text, z.array(text).min(1)], `must be ${what}, or a list of them`);

const element = text.describe('An element of the policy, or an old key version: `deSSN@1`');
const elements = list('the name of an element').describe('Elements by name; `*` stands for any characters: `de*`');
const who = list('a name').describe(
  'Users, roles and groups by name; `user x`, `role x` and `group x` where a name could be two of them; `anybody else`: users that no role lists; `everybody`',
);
const user = text.describe(
  'A user, or `anybody else`: a user that no role lists. Without it the test holds for every user',
);

/** What a request gives. Any other text is what the user sees of the value. */
export const OUTCOMES = ['allowed', 'clear', 'masked', 'null', 'token', 'nothing', 'refused'] as const;
export type OutcomeWord = (typeof OUTCOMES)[number];

const TIME = 'must be now, or a time in UTC such as 2026-12-31T18:00:00Z';
const at = z
  .union([z.literal('now'), z.string().regex(INSTANT, TIME)], TIME)
  .optional()
  .describe(
    'When it is decided: `now` (the time of the run), or a time in UTC; a date is its first moment. Without it a test is decided now, and a statement is proved now and at every later time at which a member or a grant begins or ends',
  );
const code = z.int().min(1).max(999).optional().describe('The audit code of the refusal');
const value = z.string().max(4096).optional().describe('A made-up value, which the engine protects first');
const text4k = z.string().max(4096);
const gives = z
  .union([z.null(), text4k, z.strictObject({ text: text4k })], 'must be an outcome or a text')
  .describe(
    'allowed, clear, masked, null, token, nothing (null, token or refused), refused; else the text that the user sees: `****1111`. {"text": "null"} is a text that would be read as an outcome',
  );
const kept = z
  .enum(['allowed', 'token', 'clear', 'refused'])
  .describe('token: protected; clear: the value stays as it is');

export const TEST_FORMS = {
  protect: z.strictObject({ at, user: user.optional(), protect: element, value, gives: kept, code }),
  unprotect: z.strictObject({
    at,
    user: user.optional(),
    unprotect: element,
    value,
    gives,
    mask: text.optional().describe('The mask of the policy that `masked` must be'),
    code,
  }),
  reprotect: z.strictObject({
    at,
    user: user.optional(),
    reprotect: element,
    to: element,
    value,
    gives: kept,
    code,
  }),
} as const;

export const ACTS = ['protect', 'unprotect', 'reprotect', 'seeInClear', 'seeAnythingOf'] as const;
export type Act = (typeof ACTS)[number];

const deedOf = {
  protect: z.strictObject({ protect: elements }),
  unprotect: z.strictObject({ unprotect: elements }),
  reprotect: z.strictObject({ reprotect: elements }),
  seeInClear: z.strictObject({ seeInClear: elements }),
  seeAnythingOf: z.strictObject({ seeAnythingOf: elements }),
} as const;
const one = z.union(
  [deedOf.protect, deedOf.unprotect, deedOf.reprotect, deedOf.seeInClear, deedOf.seeAnythingOf],
  `must have one member: ${ACTS.join(', ')}, with elements`,
);

/** The acts that `both` may join over one element. */
const JOINED = ['protect', 'unprotect', 'reprotect', 'seeInClear'] as const satisfies readonly Act[];
const bothOfSame = z.strictObject({ both: z.array(z.enum(JOINED)).length(2), of: elements });
const bothApart = z.strictObject({ both: z.array(one).length(2) });
const anything = z.strictObject({ doAnythingWith: elements });

const DEED_ERROR = `must have one member: ${ACTS.join(', ')}, doAnythingWith or both`;
const deed = z.union([one, bothOfSame, bothApart, anything], DEED_ERROR).meta({
  id: 'deed',
  description:
    'What users may do: an operation, `seeInClear`, `seeAnythingOf` (clear or masked), `doAnythingWith`, or `both` of two',
});
export type DeedForm = z.infer<typeof deed>;

const userCount = z.int().min(1).max(1_000_000);
const givenWords = z.union([z.enum(OUTCOMES), z.array(z.enum(OUTCOMES)).min(1)], `must be of ${OUTCOMES.join(', ')}`);

export const STATEMENT_FORMS = {
  nobody: z.strictObject({ at, nobody: deed, but: who.optional() }).describe('No user may, but these'),
  everybody: z
    .strictObject({ at, everybody: deed, but: who.optional() })
    .describe('Every user may, but these need not'),
  mayNot: z.strictObject({ at, who, mayNot: deed }).describe('None of these users may'),
  who: z.strictObject({ at, who, may: deed }).describe('Each of these users may'),
  atLeast: z
    .strictObject({ at, atLeast: userCount, may: deed })
    .describe('At least so many users may, for each element'),
  atMost: z.strictObject({ at, atMost: userCount, may: deed }).describe('At most so many users may, for each element'),
  grantsOf: z
    .strictObject({
      at,
      grantsOf: list('the name of a role').describe('Roles by name, or `*`'),
      give: givenWords.optional().describe('What an unprotect under each grant alone gives'),
      neverGive: givenWords.optional(),
    })
    .describe('What the grants of a role give'),
  noPathShows: z
    .strictObject({
      at,
      noPathShows: elements,
      to: who,
      but: who.optional(),
      by: who.optional().describe('The users who move values; default: every user'),
      notBy: who.optional().describe('Users who are trusted to move values'),
      anything: z.boolean().optional().describe('Whether a mask counts too'),
    })
    .describe('However users move values by reprotect, these users do not see them in clear'),
} as const;

const entries = <T extends z.ZodType>(item: T) => z.array(item).max(10_000).optional();

/** For editors. `parsePolicyTests` checks each entry against the form that its members name, for better messages. */
export const policyTestsSchema = z.strictObject({
  description: z.string().max(500).optional(),
  tests: entries(z.union([sentence, ...Object.values(TEST_FORMS)])).describe('Decisions about single users'),
  statements: entries(z.union([sentence, ...Object.values(STATEMENT_FORMS)])).describe(
    'What holds for all users, roles and elements. Each is proved, or refuted with a counterexample',
  ),
});

/** The shape around the entries. */
export const outlineSchema = z.strictObject({
  description: z.string().max(500).optional(),
  tests: entries(z.unknown()),
  statements: entries(z.unknown()),
});

type Form<Forms extends Record<string, z.ZodType>> = z.infer<Forms[keyof Forms]>;
export type TestForm = Form<typeof TEST_FORMS>;
export type StatementForm = Form<typeof STATEMENT_FORMS>;
