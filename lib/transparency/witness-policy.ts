// C2SP tlog-policy: which logs to trust, which witnesses there are, and how many of them must have cosigned.
import { sameBytes } from '../base/bytes.ts';
import { parseWitnessKey, type WitnessKey } from './cosignature.ts';
import { LogError } from './errors.ts';
import { type NoteKey, parseVerifierKey } from './note.ts';

export interface PolicyWitness {
  /** In the policy alone. */
  readonly name: string;
  readonly key: WitnessKey;
  /** Submission prefix. */
  readonly url?: string;
}

export interface WitnessPolicy {
  /** Empty: the logs are known from elsewhere. */
  readonly logs: readonly NoteKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** Tells whether a quorum is among the witnesses with these verifier keys. */
  readonly isMet: (verifierKeys: ReadonlySet<string>) => boolean;
  /** Name of the witness or group that is the quorum, or `none`. */
  readonly quorum: string;
}

type IsMet = WitnessPolicy['isMet'];

const NONE = 'none';

/**
 * Parses a policy file. Throws `LogError` `LOG_MALFORMED`, which names the line and never its content. Of the key types,
 * takes Ed25519 and ECDSA for logs, and Ed25519 cosignature/v1 for witnesses.
 */
export function parseWitnessPolicy(text: string): WitnessPolicy {
  const reader = new PolicyReader();
  for (const [index, line] of text.split('\n').entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== '');
    if (items.length === 0 || items[0]!.startsWith('#')) continue;
    try {
      reader.line(items, line);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      throw malformed(`Line ${index + 1} of the policy: ${error.message}`);
    }
  }
  return reader.policy();
}

class PolicyReader {
  readonly #logs: NoteKey[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  /** Witnesses and groups by name. */
  readonly #components = new Map<string, IsMet>();
  /** Names that a group has as a member. */
  readonly #members = new Set<string>();
  #quorum: { readonly name: string; readonly isMet: IsMet } | undefined;

  line([keyword, ...items]: readonly string[], line: string): void {
    // oxlint-disable-next-line no-control-regex -- those are the characters that the format forbids
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw malformed('it has a control character');
    switch (keyword) {
      case 'log':
        return this.#log(items);
      case 'witness':
        return this.#witness(items);
      case 'group':
        return this.#group(items);
      case 'quorum':
        return this.#setQuorum(items);
      default:
        throw malformed('it must begin with log, witness, group or quorum');
    }
  }

  policy(): WitnessPolicy {
    if (this.#quorum === undefined) throw malformed('The policy has no quorum line');
    const { name, isMet } = this.#quorum;
    return { logs: this.#logs, witnesses: this.#witnesses, isMet, quorum: name };
  }

  #log(items: readonly string[]): void {
    const [text] = counted(items, 1, 2, 'log <key> [<url>]');
    const key = parseVerifierKey(text!);
    if (this.#logs.some(({ spki }) => sameBytes(spki, key.spki))) throw malformed('the log is there twice');
    this.#logs.push(key);
  }

  #witness(items: readonly string[]): void {
    const [name, text, url] = counted(items, 2, 3, 'witness <name> <key> [<url>]');
    const key = parseWitnessKey(text!);
    if (this.#witnesses.some((each) => sameBytes(each.key.spki, key.spki))) {
      throw malformed('the key of the witness is there twice');
    }
    this.#define(name!, (verifierKeys) => verifierKeys.has(key.verifierKey));
    this.#witnesses.push({ name: name!, key, ...(url !== undefined && { url }) });
  }

  #group(items: readonly string[]): void {
    const [name, threshold, ...names] = counted(items, 3, Number.POSITIVE_INFINITY, 'group <name> <all|any|k> <name>…');
    const members = names.map((member) => {
      if (this.#members.has(member)) throw malformed('it has a member that a group has already');
      this.#members.add(member);
      return this.#component(member);
    });
    const least = leastOf(threshold!, members.length);
    this.#define(name!, (keys) => members.filter((isMet) => isMet(keys)).length >= least);
  }

  #setQuorum(items: readonly string[]): void {
    const [name] = counted(items, 1, 1, 'quorum <name>');
    if (this.#quorum !== undefined) throw malformed('there is a quorum already');
    this.#quorum = { name: name!, isMet: name === NONE ? () => true : this.#component(name!) };
  }

  #define(name: string, isMet: IsMet): void {
    if (name === NONE || this.#components.has(name)) throw malformed('its name is taken');
    this.#components.set(name, isMet);
  }

  #component(name: string): IsMet {
    const isMet = this.#components.get(name);
    if (isMet === undefined) throw malformed('it names no witness or group of a line before it');
    return isMet;
  }
}

function counted(items: readonly string[], least: number, most: number, form: string): readonly string[] {
  if (items.length < least || items.length > most) throw malformed(`it must be: ${form}`);
  return items;
}

function leastOf(threshold: string, members: number): number {
  if (threshold === 'any') return 1;
  if (threshold === 'all') return members;
  const least = /^[1-9]\d*$/.test(threshold) ? Number(threshold) : 0;
  if (least < 1 || least > members) throw malformed(`its threshold must be all, any, or 1 to ${members}`);
  return least;
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
