// Kinds whose values say by themselves that they are of it: check digits, and forms that nothing else has.
import type { Finding, Sureness } from '../finding.ts';
import { holdsEmail, isEmail, isInternationalPhone, isIpAddress, isUuid } from '../kinds/contacts.ts';
import { NATIONAL_NUMBERS, type NationalNumber } from '../kinds/national-numbers.ts';
import { isCard, isIban } from '../kinds/payments.ts';
import { KIND_TABLE, type Kind } from '../kinds/table.ts';
import { hasHint } from '../kinds/words.ts';
import { type Looked, MOST, found, nameSays, percent, quantity, shareOf } from './looked.ts';

/** A kind whose values say by themselves that they are of it. */
interface Checked {
  readonly kind: Kind;
  readonly number?: NationalNumber;
  readonly takes: (value: string) => boolean;
  /** The share of other texts of this form that pass. */
  readonly chance: number;
  readonly hints: readonly string[];
}

const CHECKED: readonly Checked[] = [
  { kind: 'uuid', takes: isUuid, chance: 1e-6, hints: KIND_TABLE.uuid.hints },
  { kind: 'email', takes: isEmail, chance: 1e-3, hints: KIND_TABLE.email.hints },
  { kind: 'iban', takes: isIban, chance: 1e-4, hints: KIND_TABLE.iban.hints },
  { kind: 'card', takes: isCard, chance: 0.05, hints: KIND_TABLE.card.hints },
  { kind: 'ip-address', takes: isIpAddress, chance: 1e-3, hints: KIND_TABLE['ip-address'].hints },
  { kind: 'phone', takes: isInternationalPhone, chance: 1e-3, hints: KIND_TABLE.phone.hints },
  ...NATIONAL_NUMBERS.map((number): Checked => {
    const { takes, chance, hints } = number;
    return {
      kind: 'national-number',
      number,
      takes,
      chance,
      hints: [...hints, ...KIND_TABLE['national-number'].hints],
    };
  }),
];

/** Powers of ten of chance that the values must leave behind, for the kind to need no name. */
const ENOUGH = 5;
/** The same where a sample has so few values that there cannot be more, and each of them passes. */
const ENOUGH_OF_ALL = 3;
/** As good as all: the rest is dirt. */
const NEARLY_ALL = 0.9;

/** Shares so close are equal, and the kind that fewer other texts would pass wins. */
const EQUAL = 0.03;

export function byCheck({ values, words }: Looked): Finding | undefined {
  const candidates = CHECKED.flatMap((checked) => {
    const passed = values.filter((value) => checked.takes(value)).length;
    const share = passed / values.length;
    const isNamed = hasHint(words, checked.hints);
    const evidence = passed * -Math.log10(checked.chance);
    const sure = surenessOf(share, evidence, isNamed, checked.chance);
    return sure === undefined ? [] : [{ checked, share, isNamed, sure }];
  });
  if (candidates.length === 0) return undefined;
  const top = Math.max(...candidates.map(({ share }) => share));
  const best = candidates
    .filter(({ share }) => share >= top - EQUAL)
    .toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed) || a.checked.chance - b.checked.chance)[0]!;
  const { checked, share, isNamed, sure } = best;
  const title = checked.number?.title ?? KIND_TABLE[checked.kind].title;
  const why = [
    `${percent(share)} of ${quantity(values.length, 'distinct value')} are ${title} by form and check (by accident ${odds(checked.chance)} each)`,
    ...nameSays(isNamed),
  ];
  const also = candidates.filter(
    ({ checked: { kind, number }, share: other }) =>
      kind === checked.kind && number?.label !== checked.number?.label && other >= share - EQUAL,
  );
  if (also.length > 0)
    why.push(`they are ${also.map(({ checked: { number } }) => number!.title).join(' and ')} as well`);
  return { ...found(checked.kind, sure, share, why), ...(checked.number && { number: checked.number }) };
}

function surenessOf(share: number, evidence: number, isNamed: boolean, chance: number): Sureness | undefined {
  if (share >= NEARLY_ALL && evidence >= ENOUGH && chance < MOST) return 'certain';
  if (isNamed && share >= MOST && share > 2 * chance) return share >= NEARLY_ALL ? 'certain' : 'likely';
  if (isNamed && share >= NEARLY_ALL && chance >= MOST) return 'likely';
  const enough = share === 1 ? ENOUGH_OF_ALL : ENOUGH;
  return share >= MOST && share > 4 * chance && evidence >= enough ? 'likely' : undefined;
}

/** Texts among which some are personal data for certain, as a whole or, for addresses of e-mail, in part. */
export function mixed({ values, isText }: Looked): Finding | undefined {
  if (!isText) return undefined;
  for (const { kind, number, takes, chance } of MIXED) {
    const share = shareOf(values, takes);
    if (share < Math.max(0.02, 10 * chance) || share * values.length < 2) continue;
    const title = number?.title ?? KIND_TABLE[kind].title;
    return found('free-text', 'likely', share, [
      `${percent(share)} of ${quantity(values.length, 'distinct value')} hold ${title}, the others are something else`,
    ]);
  }
  return undefined;
}

/** Kinds that are known among others. Cards are in groups here: one in twenty numbers of their length passes by accident. */
const MIXED: readonly Checked[] = [
  ...CHECKED.filter(({ kind, chance }) => chance <= 0.005 && kind !== 'uuid' && kind !== 'email'),
  { kind: 'email', takes: holdsEmail, chance: 1e-3, hints: [] },
  { kind: 'card', takes: (value) => /[ -]/.test(value) && isCard(value), chance: 1e-3, hints: [] },
];

function odds(chance: number): string {
  return `1 in ${Math.round(1 / chance).toLocaleString('en-US')}`;
}
