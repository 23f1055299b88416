import type { z } from 'zod';
import { MOST_HINTS } from '../base/nearest.ts';
import type { Problems } from '../document/problem.ts';
import { checkBySchema, withoutSchema } from '../document/zod-problems.ts';
import type { Access } from './access.ts';
import { statementText, testText } from './describe.ts';
import { PolicyTestsError } from './errors.ts';
import type { ActOn, Deed, Expected, PolicyTest, PolicyTests, Statement } from './model.ts';
import { Resolver } from './resolve.ts';
import {
  type DeedForm,
  MAX_SENTENCE,
  outlineSchema,
  OUTCOMES,
  STATEMENT_FORMS,
  type StatementForm,
  TEST_FORMS,
  type TestForm,
} from './schema.ts';
import { nearestForm, readSentence, type SentenceForm, STATEMENT_SENTENCES, TEST_SENTENCES } from './sentences.ts';
import { Users } from './users.ts';

/**
 * Parses a document of tests against the policy that they are about. Throws `PolicyTestsError` with all its problems:
 * sentences of no form, names that the policy does not have, and expectations that cannot come true.
 */
export function parsePolicyTests(document: unknown, access: Access): PolicyTests {
  const outline = checkBySchema(outlineSchema, withoutSchema(document));
  if (outline.data === undefined) throw refused(outline.problems);
  const { tests = [], statements = [] } = outline.data;
  const resolver = new Resolver(access);
  const parser = new EntryParser(resolver);
  const parsed = {
    tests: tests.flatMap((entry, i) => parser.test(entry, `$.tests[${i}]`) ?? []),
    statements: statements.flatMap((entry, i) => parser.statement(entry, `$.statements[${i}]`) ?? []),
    notes: resolver.notes,
  };
  if (tests.length + statements.length === 0) resolver.problem('$', 'it has neither tests nor statements');
  if (resolver.problems.count > 0) throw refused(resolver.problems);
  return parsed;
}

function refused({ listed, others }: Problems): PolicyTestsError {
  return new PolicyTestsError('The file of tests', listed, others);
}

type Forms<Form> = Readonly<Record<string, z.ZodType<Form>>>;

/** A form that the schema took, and its sentence. */
interface Taken<Form> {
  readonly form: Form;
  readonly sentence: string | undefined;
}

class EntryParser {
  readonly #names: Resolver;
  /** Kinds of sentences whose forms a problem has listed. */
  readonly #listed = new Set<string>();
  #unreadCount = 0;

  constructor(names: Resolver) {
    this.#names = names;
  }

  test(entry: unknown, path: string): PolicyTest | undefined {
    const taken = this.#take<TestForm>(entry, path, 'test', TEST_SENTENCES, TEST_FORMS);
    return taken && this.#resolveTest(taken, path);
  }

  statement(entry: unknown, path: string): Statement | undefined {
    const taken = this.#take<StatementForm>(entry, path, 'statement', STATEMENT_SENTENCES, STATEMENT_FORMS);
    return taken && this.#resolveStatement(taken, path);
  }

  /** Reads a sentence or an object as one of the forms. */
  #take<Form extends object>(
    entry: unknown,
    path: string,
    what: 'test' | 'statement',
    sentences: Parameters<typeof readSentence<Form>>[0],
    forms: Forms<Form>,
  ): Taken<Form> | undefined {
    if (typeof entry === 'string') {
      if (entry.length > MAX_SENTENCE) return this.#names.problem(path, `it has more than ${MAX_SENTENCE} characters`);
      const form = readSentence(sentences, entry);
      if (form === undefined) return this.#unread(entry, path, what, sentences);
      const taken = this.#check(form, path, forms, what);
      return taken && { form: taken, sentence: entry.trim() };
    }
    const taken = this.#check(entry, path, forms, what);
    return taken && { form: taken, sentence: undefined };
  }

  #check<Form>(entry: unknown, path: string, forms: Forms<Form>, what: string): Form | undefined {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      return this.#names.problem(path, `a ${what} is a sentence or an object`);
    }
    const members = Object.keys(entry);
    const kind = Object.keys(forms).find((name) => members.includes(name));
    if (kind === undefined) {
      const sentence = members.length === 1 && /\s/.test(members[0]!);
      const message = sentence
        ? 'put the sentence in quotes: YAML reads what follows a colon as a value'
        : `it has none of the members ${Object.keys(forms).join(', ')}${this.#names.hint(members[0] ?? '', () => Object.keys(forms))}`;
      return this.#names.problem(path, message);
    }
    const { data, problems } = checkBySchema(forms[kind]!, entry);
    for (const problem of problems.listed) this.#names.problem(path + problem.path.slice(1), problem.message);
    return data;
  }

  /** Reports a sentence of no form. The first problem of its kind lists the forms. */
  #unread(sentence: string, path: string, what: 'test' | 'statement', forms: readonly SentenceForm[]): undefined {
    const others = what === 'test' ? STATEMENT_SENTENCES : TEST_SENTENCES;
    if (readSentence<object>(others, sentence) !== undefined) {
      const [own, other] = what === 'test' ? ['statement', 'statements'] : ['test', 'tests'];
      return this.#names.problem(path, `the sentence is a ${own}: list it under ${other}`);
    }
    this.#unreadCount++;
    if (this.#unreadCount > MOST_HINTS) return this.#names.problem(path, `no form of a ${what} reads so`);
    const { form, examples } = nearestForm(forms, sentence);
    const list = this.#listed.has(what)
      ? ''
      : `. Forms of ${what}s:${forms.map((each) => `\n    ${each.form}`).join('')}`;
    this.#listed.add(what);
    const message = `no form of a ${what} reads so; the nearest is "${form}", as in "${examples[0]}"${list}`;
    return this.#names.problem(path, message);
  }

  #resolveTest({ form, sentence }: Taken<TestForm>, path: string): PolicyTest | undefined {
    const names = this.#names;
    const [operation, name] =
      'protect' in form
        ? (['Protect', form.protect] as const)
        : 'unprotect' in form
          ? (['Unprotect', form.unprotect] as const)
          : (['Reprotect', form.reprotect] as const);
    const element = names.element(name, path);
    const to = 'to' in form ? names.element(form.to, path) : undefined;
    const user = form.user === undefined ? undefined : names.user(form.user, path);
    const expected = this.#expected(form, path);
    if (form.value !== undefined && form.user === undefined) {
      names.problem(path, 'a test with a value needs a user');
    }
    if (element === undefined || expected === undefined || ('to' in form && to === undefined)) return undefined;
    const text = sentence ?? testText(form);
    return { kind: 'test', path, text, operation, user, element, to, value: form.value, expected };
  }

  #expected(form: TestForm, path: string): Expected | undefined {
    const names = this.#names;
    const { gives, code } = form;
    const mask = 'mask' in form ? form.mask : undefined;
    const given = gives === null ? 'null' : gives;
    if (code !== undefined && given !== 'refused') return names.problem(path, 'a code belongs to "gives: refused"');
    if (mask !== undefined && given !== 'masked') return names.problem(path, 'a mask belongs to "gives: masked"');
    if (typeof given === 'object') return { word: 'text', text: given.text };
    if (given === 'refused') return { word: 'refused', code };
    if (given === 'masked') {
      if (mask === undefined) return { word: 'masked' };
      const masks = names.masks();
      if (masks.includes(mask)) return { word: 'masked', mask };
      return names.problem(path, `the policy has no mask ${mask}${names.hint(mask, () => masks)}`);
    }
    const word = OUTCOMES.find((each) => each === given);
    if (word === undefined) return { word: 'text', text: given };
    if (!('unprotect' in form) && ['token', 'clear'].includes(word) && form.value === undefined) {
      return names.problem(path, `"${word}" depends on the value: give one, or expect "allowed"`);
    }
    return { word };
  }

  #resolveStatement({ form, sentence }: Taken<StatementForm>, path: string): Statement | undefined {
    const names = this.#names;
    const entry = { path, text: sentence ?? statementText(form) };
    const users = (included: string | readonly string[], excluded: string | readonly string[] = []): Users =>
      new Users(names.selectors(included, path), names.selectors(excluded, path));
    if ('nobody' in form) {
      return {
        ...entry,
        kind: 'denied',
        users: users('everybody', form.but),
        deed: this.#deed(form.nobody, path, 'denied'),
      };
    }
    if ('everybody' in form) {
      const deed = this.#deed(form.everybody, path, 'granted');
      return { ...entry, kind: 'granted', users: users('everybody', form.but), deed };
    }
    if ('mayNot' in form) {
      return { ...entry, kind: 'denied', users: users(form.who), deed: this.#deed(form.mayNot, path, 'denied') };
    }
    if ('who' in form) {
      return { ...entry, kind: 'granted', users: users(form.who), deed: this.#deed(form.may, path, 'granted') };
    }
    if ('atLeast' in form) {
      const deed = this.#deed(form.may, path, 'granted');
      return { ...entry, kind: 'count', bound: 'at least', number: form.atLeast, deed };
    }
    if ('atMost' in form) {
      const deed = this.#deed(form.may, path, 'denied');
      return { ...entry, kind: 'count', bound: 'at most', number: form.atMost, deed };
    }
    if ('grantsOf' in form) {
      const { give, neverGive } = form;
      if ((give === undefined) === (neverGive === undefined)) {
        return names.problem(path, 'it needs either give or neverGive');
      }
      const outcomes = [give ?? neverGive!].flat();
      return { ...entry, kind: 'grants', roles: names.roles(form.grantsOf, path), only: give !== undefined, outcomes };
    }
    return {
      ...entry,
      kind: 'path',
      elements: names.elements(form.noPathShows, path),
      viewers: users(form.to, form.but),
      movers: users(form.by ?? 'everybody', form.notBy),
      sight: form.anything === true ? 'anything' : 'clear',
    };
  }

  #deed(form: DeedForm, path: string, sense: 'denied' | 'granted'): Deed {
    if ('doAnythingWith' in form) {
      if (sense === 'granted') {
        this.#names.problem(
          path,
          'doAnythingWith belongs to statements that deny: name the operations that are allowed',
        );
      }
      return { kind: 'anything', elements: this.#names.elements(form.doAnythingWith, path) };
    }
    if (!('both' in form)) return { kind: 'one', ...this.#actOn(form, path) };
    if ('of' in form) {
      const elements = this.#names.elements(form.of, path);
      return { kind: 'both', acts: [form.both[0]!, form.both[1]!], elements };
    }
    const [a, b] = form.both.map((each) => this.#actOn(each, path));
    return { kind: 'apart', parts: [a!, b!] };
  }

  #actOn(form: object, path: string): ActOn {
    const [[act, elements]] = Object.entries(form) as [[ActOn['act'], string | readonly string[]]];
    return { act, elements: this.#names.elements(elements, path) };
  }
}
