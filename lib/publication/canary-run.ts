// The canary request: whether a version of a protect function gives the known answers.

import { unreachable } from '../base/errors.ts';
import { isFrontEnd } from '../contract/front-ends.ts';
import { CANARY_VALUE, canaryElement } from './canary.ts';
import { PublicationError } from './errors.ts';
import { type Answer, CANARY_CLIENTS, type CanaryClient, type Question } from './front-ends.ts';
import type { Invoker } from './ports.ts';

/** A version of a function, and the answers that it must give. */
export interface Candidate {
  readonly name: string;
  readonly version: string;
  readonly frontEnd: string;
  readonly policyVersion: number;
  /** Root key version → token of the canary value. */
  readonly answers: Readonly<Record<string, string>>;
}

const ATTEMPTS = 5;
const PAUSE_MS = 1_000;

// The reasons are part of audit records (code 80): their texts stay as they are.

/**
 * Asks a candidate for the canary. Resolves to the reason against it; undefined when every answer is right: for each
 * root key, the canary value becomes the known token, the token becomes the value again, and NULL stays NULL. Rejects
 * with `PublicationError` `PUBLICATION_UNAVAILABLE` when five attempts in a row get a temporary failure.
 */
export async function askCanary(
  invoker: Invoker,
  candidate: Candidate,
  wait: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  if (!isFrontEnd(candidate.frontEnd)) return `nobody knows the language of a ${candidate.frontEnd} function`;
  const client = CANARY_CLIENTS[candidate.frontEnd];
  for (const [root, token] of Object.entries(candidate.answers)) {
    const element = canaryElement(candidate.policyVersion, root);
    const questions: [Question, string][] = [
      [{ operation: 'protect', element, column: [CANARY_VALUE, null] }, token],
      [{ operation: 'unprotect', element, column: [token, null] }, CANARY_VALUE],
    ];
    for (const [question, expected] of questions) {
      // oxlint-disable-next-line no-await-in-loop -- the first wrong answer ends it
      const wrong = await ask(invoker, candidate, client, question, expected, wait);
      if (wrong !== undefined) return `${candidate.name} version ${candidate.version}: ${wrong}`;
    }
  }
  return undefined;
}

async function ask(
  invoker: Invoker,
  { name, version }: Candidate,
  client: CanaryClient,
  question: Question,
  expected: string,
  wait: (ms: number) => Promise<void>,
): Promise<string | undefined> {
  let text = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // oxlint-disable no-await-in-loop -- attempts follow one another
    const invocation = await invoker.invoke(name, version, client.event(question));
    if (invocation.kind === 'broken') return `${question.operation} broke it: ${invocation.error}`;
    const answer = client.answer(invocation.reply);
    if (answer.kind !== 'temporary') return judge(question, answer, expected);
    text = answer.text;
    await wait(PAUSE_MS);
    // oxlint-enable no-await-in-loop
  }
  throw new PublicationError(
    'PUBLICATION_UNAVAILABLE',
    `${name} version ${version} cannot answer at the moment: ${text}`,
  );
}

function judge(
  question: Question,
  answer: Exclude<Answer, { kind: 'temporary' }>,
  expected: string,
): string | undefined {
  switch (answer.kind) {
    case 'refused':
      return `${question.operation} was refused: ${answer.text}`;
    case 'column': {
      const [value, nothing] = answer.column;
      const right = answer.column.length === 2 && value === expected && nothing === null;
      return right ? undefined : `${question.operation} gave another answer than the known one`;
    }
    default:
      return unreachable(answer);
  }
}
