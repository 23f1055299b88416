// The sentences of policy tests: a closed list of forms. Each becomes the object of schema.ts that says the same.

import { either, listOf, map, name, number, optional, type Parser, readAll, seq, term, word } from './parser.ts';
import { type DeedForm, OUTCOMES, type OutcomeWord, type StatementForm, type TestForm } from './schema.ts';
import { ANY, ELSE, EVERY, isName, type Word, wordsIn } from './words.ts';
import { distanceOf } from '../base/nearest.ts';

/** A form of sentences, and examples of it: messages show the first. */
export interface SentenceForm {
  readonly form: string;
  readonly examples: readonly [string, ...string[]];
}

type Parsed<Form> = Parser<Form> & SentenceForm;
type Names = string | readonly string[];

function form<Form>(shape: string, examples: string | SentenceForm['examples'], parser: Parser<Form>): Parsed<Form> {
  const shown = typeof examples === 'string' ? ([examples] as const) : examples;
  return Object.assign((...at: Parameters<Parser<Form>>) => parser(...at), { form: shape, examples: shown });
}

const oneOrMore = <T>(items: readonly T[]): T | T[] => (items.length === 1 ? items[0]! : [...items]);

const selector = either(
  map(term(ELSE), () => ELSE),
  map(word('everybody'), () => 'everybody'),
  ...(['user', 'role', 'group'] as const).map((kind) => map(seq(word(kind), name), ([, own]) => `${kind} ${own}`)),
  map(seq(word('users'), name), ([, own]) => `user ${own}`),
  map(name, literal),
);
const who = map(listOf(selector), oneOrMore);

/** Keeps a quoted name apart from the words that structured forms have for groups of users. */
function literal(own: string): string {
  return /^(?:(?:user|role|group) |everybody$|anybody else$)/.test(own) ? `user ${own}` : own;
}

const named = map(listOf(name), oneOrMore);
const anyOf = either<Names>(
  map(term(ANY), () => '*'),
  named,
);
const everyOf = either<Names>(
  map(term(EVERY), () => '*'),
  named,
);

const operation = either(word('protect'), word('unprotect'), word('reprotect')) as Parser<
  'protect' | 'unprotect' | 'reprotect'
>;

/** What is done, over elements as the sentence names them: `any element` where it denies, `every element` where it grants. */
function deed(elements: Parser<Names>): Parser<DeedForm> {
  const simple = either<DeedForm>(
    map(seq(operation, elements), ([act, of]) => ({ [act]: of }) as DeedForm),
    map(seq(word('see'), elements, word('in clear')), ([, of]) => ({ seeInClear: of }) as DeedForm),
    map(seq(word('see anything of'), elements), ([, of]) => ({ seeAnythingOf: of }) as DeedForm),
  );
  return either<DeedForm>(
    simple,
    map(
      seq(word('both'), operation, word('and'), operation, elements),
      ([, a, , b, of]) => ({ both: [a, b], of }) as DeedForm,
    ),
    map(seq(word('both'), operation, word('and see'), elements, word('in clear')), ([, act, , of]) => {
      return { both: [act, 'seeInClear'], of } as DeedForm;
    }),
    map(seq(word('both'), simple, word('and'), simple), ([, a, , b]) => ({ both: [a, b] }) as DeedForm),
    map(seq(word('see both'), name, word('and'), name, word('in clear')), ([, a, , b]) => {
      return { both: [{ seeInClear: a }, { seeInClear: b }] };
    }),
  );
}

/** What a sentence denies may also be everything. */
const denied = either<DeedForm>(
  deed(anyOf),
  map(seq(word('do anything with'), anyOf), ([, of]) => ({ doAnythingWith: of }) as DeedForm),
  map(word('do anything'), () => ({ doAnythingWith: '*' })),
);
const nothingDone = either<DeedForm>(
  map(seq(word('do nothing with'), anyOf), ([, of]) => ({ doAnythingWith: of }) as DeedForm),
  map(word('do nothing'), () => ({ doAnythingWith: '*' })),
  map(seq(word('see nothing of'), anyOf), ([, of]) => ({ seeAnythingOf: of }) as DeedForm),
);
const granted = deed(everyOf);
/** What somebody does with an element that the sentence has named. */
const doneToIt = either<(elements: Names) => DeedForm>(
  map(
    seq(operation, word('it')),
    ([act]) =>
      (elements) =>
        ({ [act]: elements }) as DeedForm,
  ),
  map(word('see it in clear'), () => (elements) => ({ seeInClear: elements }) as DeedForm),
  map(word('see anything of it'), () => (elements) => ({ seeAnythingOf: elements }) as DeedForm),
);
const usersWord = either(word('users'), word('user'), word('people'));
const everyRole = either(word('every role'), word('any role'));
const roleNames = either<Names>(
  map(everyRole, () => '*'),
  map(seq(optional(either(word('roles'), word('role'))), listOf(name)), ([, names]) => oneOrMore(names)),
);
const but = map(seq(word('but'), who), ([, users]) => users);
const butIfAny = (users: Names | undefined): object => (users === undefined ? {} : { but: users });

/** Words for outcomes besides those of the schema. */
const SYNONYMS: Readonly<Record<string, OutcomeWord>> = {
  ok: 'allowed',
  permitted: 'allowed',
  protected: 'token',
  'the token': 'token',
  'the protected value': 'token',
  'in clear': 'clear',
  'the clear value': 'clear',
  'a mask': 'masked',
  denied: 'refused',
  rejected: 'refused',
  'an error': 'refused',
  hidden: 'nothing',
};
const outcomeWord = either<OutcomeWord>(
  ...OUTCOMES.map((each) => word(each) as Parser<OutcomeWord>),
  ...Object.entries(SYNONYMS).map(([text, each]) => map(word(text), () => each)),
);
const outcome = either<object>(
  map(seq(word('refused'), optional(word(',')), either(word('with code'), word('code')), number), ([, , , code]) => {
    return { gives: 'refused', code };
  }),
  map(seq(word('masked'), either(word('with'), word('by')), name), ([, , mask]) => ({ gives: 'masked', mask })),
  map(outcomeWord, (each) => ({ gives: each === 'null' ? null : each })),
);
/** What a user sees: in words, or as text. */
const sight = either<object>(
  outcome,
  map(name, (text) => ({ gives: (OUTCOMES as readonly string[]).includes(text) ? { text } : text })),
);

const user = either(
  map(term(ELSE), () => ELSE),
  map(seq(word('user'), name), ([, own]) => own),
  name,
);
const anybody = either(word('anybody'), word('everybody'));
const byUser = optional(
  map(
    seq(
      word('by'),
      either(
        map(anybody, () => 'everybody'),
        user,
      ),
    ),
    ([, own]) => own,
  ),
);
const userIfAny = (own: string | undefined): object => (own === undefined || own === 'everybody' ? {} : { user: own });

/** The sentences about single users, in the order in which documents list them. */
export const TEST_SENTENCES: readonly Parsed<TestForm>[] = [
  form(
    '<user> protects <element>: <outcome>',
    'etl protects deSSN: allowed',
    map(seq(user, word('protect'), name, word(':'), outcome), ([by, , protect, , gives]) => {
      return { user: by, protect, ...gives } as TestForm;
    }),
  ),
  form(
    '<user> unprotects <element>: <outcome>',
    'analyst unprotects deSSN: null',
    map(seq(user, word('unprotect'), name, word(':'), sight), ([by, , unprotect, , gives]) => {
      return { user: by, unprotect, ...gives } as TestForm;
    }),
  ),
  form(
    '<user> reprotects <element> to <element>: <outcome>',
    'etl reprotects deSSN to deDigits: refused',
    map(
      seq(user, word('reprotect'), name, word('to'), name, word(':'), outcome),
      ([by, , reprotect, , to, , gives]) => {
        return { user: by, reprotect, to, ...gives } as TestForm;
      },
    ),
  ),
  form(
    'protect <element> by <user>: <outcome>',
    'protect deSSN by etl: allowed',
    map(seq(word('protect'), name, byUser, word(':'), outcome), ([, protect, by, , gives]) => {
      return { ...userIfAny(by), protect, ...gives } as TestForm;
    }),
  ),
  form(
    'unprotect <element> by <user>: <outcome>',
    'unprotect deSSN by analyst: null',
    map(seq(word('unprotect'), name, byUser, word(':'), sight), ([, unprotect, by, , gives]) => {
      return { ...userIfAny(by), unprotect, ...gives } as TestForm;
    }),
  ),
  form(
    'reprotect <element> to <element> by <user>: <outcome>',
    'reprotect deSSN to deDigits: refused',
    map(
      seq(word('reprotect'), name, word('to'), name, byUser, word(':'), outcome),
      ([, reprotect, , to, by, , gives]) => {
        return { ...userIfAny(by), reprotect, to, ...gives } as TestForm;
      },
    ),
  ),
  form(
    '<user> sees <text or outcome> of <element>',
    'clerk sees ****1111 of deCCN',
    map(seq(user, word('see'), sight, word('of'), name), ([by, , gives, , unprotect]) => {
      return { user: by, unprotect, ...gives } as TestForm;
    }),
  ),
  form(
    '<user> sees <element> <outcome>',
    'auditor sees deSSN in clear',
    map(seq(user, word('see'), name, outcome), ([by, , unprotect, gives]) => {
      return { user: by, unprotect, ...gives } as TestForm;
    }),
  ),
];

/** The sentences about all users, roles and elements, in the order in which documents list them. */
export const STATEMENT_SENTENCES: readonly Parsed<StatementForm>[] = [
  form(
    'nobody but <users> <deed>',
    [
      'nobody but auditor sees deSSN in clear',
      'nobody sees deSSN in clear',
      'nobody may unprotect deSSN',
      'nobody may unprotect any element',
      'nobody may both protect and unprotect deCCN',
      'nobody but auditor may do anything with deSSN',
    ],
    either(
      map(seq(word('nobody'), optional(but), denied), ([, others, what]) => {
        return { nobody: what, ...butIfAny(others) };
      }),
      map(seq(word('nobody'), denied, optional(word(',')), but), ([, what, , others]) => {
        return { nobody: what, but: others };
      }),
    ),
  ),
  form(
    'only <users> <deed>',
    'only role steward reprotects any element',
    map(seq(word('only'), who, denied), ([, others, what]) => ({ nobody: what, but: others })),
  ),
  form(
    'everybody who <deed> is in <users>',
    'everybody who unprotects deSSN is in group finance',
    map(seq(word('everybody who'), denied, word('is in'), who), ([, what, , others]) => {
      return { nobody: what, but: others };
    }),
  ),
  form(
    'everybody but <users> <deed>',
    'everybody but anybody else may protect deSSN',
    map(seq(word('everybody'), but, granted), ([, others, what]) => ({ everybody: what, but: others })),
  ),
  form(
    'everybody <deed>',
    'everybody may protect deNote',
    map(seq(word('everybody'), granted), ([, what]) => ({ everybody: what })),
  ),
  form(
    '<users> may not <deed>',
    'group contractors may not unprotect any element',
    map(seq(who, word('not'), denied), ([users, , mayNot]) => ({ who: users, mayNot })),
  ),
  form(
    '<users> may do nothing',
    'anybody else may do nothing',
    map(seq(who, nothingDone), ([users, mayNot]) => ({ who: users, mayNot })),
  ),
  form(
    '<users> may <deed>',
    'role etl may protect every element',
    map(seq(who, granted), ([users, may]) => ({ who: users, may })),
  ),
  form(
    'somebody <deed>',
    'somebody may unprotect deSSN',
    map(seq(word('somebody'), granted), ([, may]) => ({ atLeast: 1, may })),
  ),
  form(
    '<elements> has somebody who <operation> it',
    'every element has somebody who may unprotect it',
    map(seq(everyOf, either(word('has'), word('have')), word('somebody who'), doneToIt), ([of, , , may]) => {
      return { atLeast: 1, may: may(of) };
    }),
  ),
  form(
    'at least <number> users <deed>',
    'at least 2 users may unprotect every element',
    map(seq(word('at least'), number, usersWord, granted), ([, atLeast, , may]) => ({ atLeast, may })),
  ),
  form(
    'at most <number> users <deed>',
    'at most 3 users see deSSN in clear',
    map(seq(word('at most'), number, usersWord, denied), ([, atMost, , may]) => ({ atMost, may })),
  ),
  form(
    'every grant of role <role> is <outcome> or <outcome>',
    'every grant of role clerk is masked or null',
    map(seq(word('every grant of'), roleNames, word('is'), listOf(outcomeWord)), ([, grantsOf, , give]) => {
      return { grantsOf, give: oneOrMore(give) } as StatementForm;
    }),
  ),
  form(
    'no grant of role <role> is <outcome>',
    'no grant of role contractor is clear',
    map(seq(word('no grant of'), roleNames, word('is'), listOf(outcomeWord)), ([, grantsOf, , neverGive]) => {
      return { grantsOf, neverGive: oneOrMore(neverGive) } as StatementForm;
    }),
  ),
  form(
    'no path of reprotects by <users> shows <elements> to <users>',
    'no path of reprotects shows deSSN to analyst',
    map(
      seq(
        either(word('no path of reprotect'), word('no path')),
        optional(
          either<object>(
            map(seq(word('by'), anybody, but), ([, , notBy]) => ({ notBy })),
            map(seq(word('by'), anybody), () => ({})),
            map(seq(word('by'), who), ([, users]) => ({ by: users })),
          ),
        ),
        word('shows'),
        optional(word('anything of')),
        anyOf,
        word('to'),
        either<object>(
          map(seq(anybody, optional(but)), ([, others]) => ({ to: 'everybody', ...butIfAny(others) })),
          map(who, (to) => ({ to })),
        ),
      ),
      ([, by, , anything, noPathShows, , to]) => {
        return {
          noPathShows,
          ...to,
          ...by,
          ...(anything === undefined ? {} : { anything: true }),
        } as StatementForm;
      },
    ),
  ),
];

/** Returns the first form that reads the sentence; `undefined` for a sentence of no form. */
export function readSentence<Form>(forms: readonly Parsed<Form>[], sentence: string): Form | undefined {
  const words = wordsIn(sentence);
  for (const parser of forms) {
    const read = readAll(parser, words);
    if (read !== undefined) return read;
  }
  return undefined;
}

/** Returns the form whose example is nearest to a sentence, word by word. */
export function nearestForm(forms: readonly SentenceForm[], sentence: string): SentenceForm {
  const words = wordsIn(sentence);
  const costs = forms.map(({ examples }) =>
    Math.min(...examples.map((example) => wordDistance(words, wordsIn(example)))),
  );
  return forms[costs.indexOf(Math.min(...costs))]!;
}

/** The cost of turning words into those of an example. Names stand for one another; words of the grammar may be misspelled. */
function wordDistance(words: readonly Word[], example: readonly Word[]): number {
  let last = example.map((_, j) => j + 1);
  last.unshift(0);
  for (const [i, here] of words.entries()) {
    const row = [last[0]! + weight(here)];
    for (const [j, there] of example.entries()) {
      const change = last[j]! + difference(here, there);
      row.push(Math.min(change, last[j + 1]! + weight(here), row[j]! + weight(there)));
    }
    last = row;
    if (i > 100) break;
  }
  return last.at(-1)!;
}

/** Names are easily more or fewer. */
function weight(each: Word): number {
  return isName(each) ? 0.5 : 1;
}

function difference(a: Word, b: Word): number {
  const [x, y] = [a.text.toLowerCase(), b.text.toLowerCase()];
  if (x === y) return 0;
  if (isName(b)) return isName(a) ? 0.1 : 1;
  if (!isName(a)) return 1.2;
  return distanceOf(x.slice(0, 30), y) <= Math.ceil(y.length / 4) ? 0.2 : 1.2;
}
