import type { Random } from './random.ts';

// Fictional numbers of the right form, with valid check digits, that no person has.

/**
 * Area 000, 666 or 900 to 999 was never issued; groups 01 to 49 keep 9xx clear of taxpayer numbers (ITIN, ATIN: 50 and
 * up).
 */
export function fictionalSsn(random: Random): string {
  const area = random.below(10) === 0 ? random.pick(['000', '666']) : random.fill('9##');
  const group = String(1 + random.below(49)).padStart(2, '0');
  return `${area}-${group}-${random.fill('####')}`;
}

/** The first digits of the numbers that card schemes and payment services publish for tests. */
const TEST_CARD_PREFIXES = [
  { prefix: '42424242', length: 16 },
  { prefix: '41111111', length: 16 },
  { prefix: '55555555', length: 16 },
  { prefix: '51051051', length: 16 },
  { prefix: '60111111', length: 16 },
  { prefix: '35301113', length: 16 },
  { prefix: '37828224', length: 15 },
  { prefix: '37144963', length: 15 },
] as const;

/** 15 or 16 digits that pass the Luhn check (ISO/IEC 7812-1, annex B); card elements take no separators. */
export function fictionalCard(random: Random): string {
  const { prefix, length } = random.pick(TEST_CARD_PREFIXES);
  const payload = prefix + random.fill('#'.repeat(length - prefix.length - 1));
  return payload + luhnDigit(payload);
}

function luhnDigit(payload: string): number {
  let sum = 0;
  for (let index = 0; index < payload.length; index += 1) {
    const digit = payload.charCodeAt(payload.length - 1 - index) - 48;
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** Per country (SWIFT IBAN registry): the form of the BBAN under an unassigned bank code, all zeros or ZZZZ. */
const IBAN_SHAPES = [
  ['AE', '000################'],
  ['AT', '00000###########'],
  ['BE', '000#########'],
  ['BG', 'ZZZZ0000##########'],
  ['CH', '00000############'],
  ['CZ', '0000################'],
  ['DE', '00000000##########'],
  ['ES', '0000################'],
  ['FR', '00000#####@@###########'],
  ['GB', 'ZZZZ##############'],
  ['GR', '000####################'],
  ['IL', '000################'],
  ['IT', '@00000#################'],
  ['NL', 'ZZZZ##########'],
  ['PL', '00000000################'],
  ['PT', '0000#################'],
  ['SA', '00##################'],
  ['SE', '000#################'],
  ['TR', '00000#################'],
  ['UA', '000000###################'],
] as const;

export type IbanCountry = (typeof IBAN_SHAPES)[number][0];

const IBAN_SHAPE_OF: ReadonlyMap<IbanCountry, string> = new Map(IBAN_SHAPES);

/**
 * Draws an IBAN of `country`, or of any, with valid check digits (ISO 13616-1), in groups of four or plain. What a country
 * checks inside the BBAN is not computed.
 */
export function fictionalIban(random: Random, country: IbanCountry = random.pick(IBAN_SHAPES)[0]): string {
  const bban = random.fill(IBAN_SHAPE_OF.get(country) ?? '');
  const checkDigits = 98 - ibanRemainder(`${bban}${country}00`);
  const iban = `${country}${String(checkDigits).padStart(2, '0')}${bban}`;
  return random.below(2) === 0 ? iban : inFours(iban).join(' ');
}

function inFours(text: string): readonly string[] {
  const groups: string[] = [];
  for (let start = 0; start < text.length; start += 4) groups.push(text.slice(start, start + 4));
  return groups;
}

/** ISO/IEC 7064 MOD 97-10 over digits and capital letters, where A is 10 and Z is 35. */
function ibanRemainder(text: string): number {
  let remainder = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    remainder = code < 65 ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + code - 55) % 97;
  }
  return remainder;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** `YYYY-MM-DD`, from 1930 to 2007: fixed, so that a sample does not change with the clock. */
export function birthDate(random: Random): string {
  const year = 1930 + random.below(78);
  const month = random.below(12);
  // Every fourth year is a leap year from 1904 to 2096.
  const days = month === 1 && year % 4 === 0 ? 29 : (MONTH_DAYS[month] ?? 28);
  return `${year}-${String(month + 1).padStart(2, '0')}-${String(1 + random.below(days)).padStart(2, '0')}`;
}
