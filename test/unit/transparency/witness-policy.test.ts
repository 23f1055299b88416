import { describe, expect, test } from '@jest/globals';
import { witnessKey } from '../../../lib/transparency/cosignature.ts';
import { noteKey } from '../../../lib/transparency/note.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { fixedSigner } from '../../support/log.ts';

const keyOf = (name: string, seed: number): string => witnessKey(name, fixedSigner(seed).publicKey).verifierKey;
const LOG = noteKey('logs.example.com/protector', fixedSigner(1).publicKey).verifierKey;
const NAMES = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'];
const KEYS = new Map(NAMES.map((name, i) => [name, keyOf(`w.example.com/${name}`, 40 + i)]));
const WITNESSES = NAMES.map((name) => `witness ${name} ${KEYS.get(name)!}`).join('\n');

/** The example of C2SP tlog-policy, with keys. */
const EXAMPLE = `log ${LOG}

${WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

const isMetBy = (text: string, names: string): boolean => {
  const keys = names.split(' ').flatMap((name) => KEYS.get(name) ?? []);
  return parseWitnessPolicy(text).isMet(new Set(keys));
};

describe('a witness policy', () => {
  test.each([
    ['X1 X2 Y1', true],
    ['X1 X2 X3 Y1 Y2 Y3', true],
    ['X2 X3 Y3', true],
    ['X1 X2 X3', false],
    ['X1 Y1 Y2 Y3', false],
    ['', false],
  ])('of the specification is met by %j: %s', (names, isMet) => {
    expect(isMetBy(EXAMPLE, names)).toBe(isMet);
  });

  test('names logs and witnesses with their URLs, between blanks, tabs and comments', () => {
    const text = `\t# who\n  log\t${LOG} https://log.example.com/ \n witness a ${KEYS.get('X1')!} https://w.example.com\nquorum none\n`;
    const policy = parseWitnessPolicy(text);
    expect(policy.logs.map(({ verifierKey }) => verifierKey)).toEqual([LOG]);
    expect(policy.witnesses).toMatchObject([
      { name: 'a', url: 'https://w.example.com', key: { name: 'w.example.com/X1' } },
    ]);
    expect([policy.quorum, policy.isMet(new Set())]).toEqual(['none', true]);
  });

  test('may have one witness as its quorum', () => {
    expect(['X1', 'X2'].map((names) => isMetBy(`${WITNESSES}\nquorum X2\n`, names))).toEqual([false, true]);
  });

  test.each([
    ['no quorum', WITNESSES, 'no quorum line'],
    ['two quorums', `${EXAMPLE}quorum none\n`, 'Line 14'],
    ['an unknown keyword', `logs ${LOG}\n${EXAMPLE}`, 'Line 1 '],
    ['a quorum before its group', EXAMPLE.replace('group X-and-Y', 'quorum X-and-Y\ngroup X-and-Y'), 'Line 12'],
    ['a member that is not defined', EXAMPLE.replace('any Y1', 'any Y4'), 'Line 10'],
    ['a member of two groups', EXAMPLE.replace('any Y1', 'any X1'), 'Line 10'],
    ['a member twice', EXAMPLE.replace('any Y1 Y2', 'any Y1 Y1'), 'Line 10'],
    ['none as a member', EXAMPLE.replace('any Y1', 'any none'), 'Line 10'],
    ['a threshold of 0', EXAMPLE.replace(' 2 X1', ' 0 X1'), 'Line 9'],
    ['a threshold above the members', EXAMPLE.replace(' 2 X1', ' 4 X1'), 'Line 9'],
    ['a threshold that is no number', EXAMPLE.replace(' 2 X1', ' 1.5 X1'), 'Line 9'],
    ['a group without members', EXAMPLE.replace('any Y1 Y2 Y3', 'any'), 'Line 10'],
    ['a name twice', EXAMPLE.replace('witness X2', 'witness X1'), 'Line 4'],
    ['a group of the name none', EXAMPLE.replace('group Y-witnesses', 'group none'), 'Line 10'],
    ['a witness key twice', EXAMPLE.replace(KEYS.get('X2')!, keyOf('another.example.com', 40)), 'Line 4'],
    ['a log key twice', `log ${LOG}\n${EXAMPLE}`, 'Line 2'],
    ['the key of a log for a witness', EXAMPLE.replace(KEYS.get('X2')!, LOG), 'Line 4'],
    ['the key of a witness for a log', EXAMPLE.replace(LOG, KEYS.get('X2')!), 'Line 1 '],
    ['a carriage return', EXAMPLE.replaceAll('\n', '\r\n'), 'Line 1 '],
  ])('with %s is malformed, and the message says where', (_, text, where) => {
    expect(() => parseWitnessPolicy(text)).toThrow(
      expect.objectContaining({ code: 'LOG_MALFORMED', message: expect.stringContaining(where) }),
    );
  });
});
