// Sentences for tests and statements that are written as objects. Reading such a sentence gives the object again.

import type { DeedForm, StatementForm, TestForm } from './schema.ts';
import { ELSE, nameText } from './words.ts';

type Names = string | readonly string[];

/** Writes the sentence of a test. A value has no place in sentences, and is named behind it. */
export function testText(form: TestForm): string {
  return timeText(form.at) + testTextNow(form);
}

/** Writes the sentence of a statement. */
export function statementText(form: StatementForm): string {
  return timeText(form.at) + statementTextNow(form);
}

function timeText(at: TestForm['at']): string {
  if (at === undefined) return '';
  return at === 'now' ? 'now, ' : `at ${at}, `;
}

function testTextNow(form: TestForm): string {
  const outcome = outcomeText(form);
  const by = form.user === undefined ? '' : form.user;
  const subject = by === '' ? '' : userText(by);
  const [verb, rest] =
    'protect' in form
      ? ['protect', nameText(form.protect)]
      : 'unprotect' in form
        ? ['unprotect', nameText(form.unprotect)]
        : ['reprotect', `${nameText(form.reprotect)} to ${nameText(form.to)}`];
  const sentence = subject === '' ? `${verb} ${rest}: ${outcome}` : `${subject} ${verb}s ${rest}: ${outcome}`;
  return form.value === undefined ? sentence : `${sentence} (of a value)`;
}

function outcomeText(form: TestForm): string {
  const { gives, code } = form;
  if (gives === null) return 'null';
  if (typeof gives === 'object') return JSON.stringify(gives.text);
  if (code !== undefined) return `refused, code ${code}`;
  const mask = 'mask' in form ? form.mask : undefined;
  if (mask !== undefined) return `masked with ${nameText(mask)}`;
  return /^[a-z]+$/.test(gives) ? gives : nameText(gives);
}

function statementTextNow(form: StatementForm): string {
  if ('nobody' in form) return `nobody${butText(form.but)} ${deedText(form.nobody, 'any element')}`;
  if ('everybody' in form) return `everybody${butText(form.but)} ${deedText(form.everybody, 'every element')}`;
  if ('mayNot' in form)
    return `${whoText(form.who)} ${deedText(form.mayNot, 'any element').replace(/^may /, 'may not ')}`;
  if ('who' in form) return `${whoText(form.who)} ${deedText(form.may, 'every element')}`;
  if ('atLeast' in form) return `at least ${form.atLeast} users ${deedText(form.may, 'every element')}`;
  if ('atMost' in form) return `at most ${form.atMost} users ${deedText(form.may, 'any element')}`;
  if ('grantsOf' in form) {
    const roles = form.grantsOf === '*' ? 'every role' : `role ${listText(form.grantsOf, nameText)}`;
    const words = [form.give ?? form.neverGive ?? []].flat().join(' or ');
    return `${form.give === undefined ? 'no' : 'every'} grant of ${roles} is ${words}`;
  }
  const movers = form.notBy === undefined ? form.by && whoText(form.by) : `anybody${butText(form.notBy)}`;
  const by = movers === undefined ? '' : ` by ${movers}`;
  const what = `${form.anything === true ? 'anything of ' : ''}${elementsText(form.noPathShows, 'any element')}`;
  return `no path of reprotects${by} shows ${what} to ${whoText(form.to)}${butText(form.but)}`;
}

function butText(users: Names | undefined): string {
  return users === undefined ? '' : ` but ${whoText(users)}`;
}

function deedText(form: DeedForm, all: string): string {
  if ('doAnythingWith' in form) return `may do anything with ${elementsText(form.doAnythingWith, all)}`;
  if ('both' in form && 'of' in form) {
    const of = elementsText(form.of, all);
    const acts: readonly string[] = form.both;
    if (!acts.includes('seeInClear')) return `may both ${acts.join(' and ')} ${of}`;
    return `may both ${acts.find((act) => act !== 'seeInClear') ?? 'unprotect'} and see ${of} in clear`;
  }
  if ('both' in form)
    return `may both ${form.both.map((each) => deedText(each, all).slice('may '.length)).join(' and ')}`;
  const [[act, elements]] = Object.entries(form) as [[string, Names]];
  const of = elementsText(elements, all);
  if (act === 'seeInClear') return `may see ${of} in clear`;
  return act === 'seeAnythingOf' ? `may see anything of ${of}` : `may ${act} ${of}`;
}

function elementsText(names: Names, all: string): string {
  return names === '*' ? all : listText(names, nameText);
}

function whoText(names: Names): string {
  return listText(names, userText);
}

function userText(name: string): string {
  if (name === ELSE || name === 'everybody') return name;
  const [, kind, own] = /^(user|role|group) (.+)$/s.exec(name) ?? [];
  return kind === undefined ? nameText(name) : `${kind} ${nameText(own!)}`;
}

function listText(names: Names, write: (name: string) => string): string {
  const texts = [names].flat().map(write);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}
