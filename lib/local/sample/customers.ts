import { LOCALES, type Locale } from './locales.ts';
import { birthDate, fictionalCard, fictionalIban, fictionalSsn } from './numbers.ts';
import { type Random, seededRandom } from './random.ts';

/**
 * What a customer has besides `customer_id`, in the order of the columns; all of it is sensitive, and may be NULL or
 * empty.
 */
export const SENSITIVE_COLUMNS = [
  'name',
  'email',
  'ssn',
  'card',
  'phone',
  'birth_date',
  'address',
  'city',
  'zip',
  'iban',
] as const;

export type SensitiveColumn = (typeof SENSITIVE_COLUMNS)[number];

/** Consecutive customers, column by column: every column has `customerIds.length` values, `null` for NULL. */
export interface CustomerChunk {
  readonly customerIds: readonly number[];
  readonly columns: Readonly<Record<SensitiveColumn, readonly (string | null)[]>>;
}

export interface CustomersOptions {
  readonly count: number;
  /** Another seed, other people. @default 1 */
  readonly seed?: number;
  /** @default 8192 */
  readonly chunkRows?: number;
}

const NULLS_PER_HUNDRED = 2;
const EMPTY_PER_HUNDRED = 1;

/**
 * Generates customers with ids from 1, the same ones for the same seed, whatever `count` and `chunkRows` are. About 2 %
 * of the values of each column are NULL and 1 % empty. All are fictional: see numbers.ts and locales.ts.
 */
export function* customers({ count, seed = 1, chunkRows = 8192 }: CustomersOptions): Generator<CustomerChunk> {
  const random = seededRandom(seed);
  for (let first = 1; first <= count; first += chunkRows) {
    const rows = Math.min(chunkRows, count - first + 1);
    const customerIds = Array.from({ length: rows }, (_, index) => first + index);
    const columns: Record<SensitiveColumn, (string | null)[]> = {
      name: [],
      email: [],
      ssn: [],
      card: [],
      phone: [],
      birth_date: [],
      address: [],
      city: [],
      zip: [],
      iban: [],
    };
    for (const id of customerIds) {
      const locale = random.pick(LOCALES);
      for (const column of SENSITIVE_COLUMNS)
        columns[column].push(sometimesMissing(random, GENERATE[column](random, locale, id)));
    }
    yield { customerIds, columns };
  }
}

function sometimesMissing(random: Random, value: string): string | null {
  const percent = random.below(100);
  if (percent < NULLS_PER_HUNDRED) return null;
  return percent < NULLS_PER_HUNDRED + EMPTY_PER_HUNDRED ? '' : value;
}

const GENERATE: Readonly<Record<SensitiveColumn, (random: Random, locale: Locale, id: number) => string>> = {
  name: (random, { name, given, family }) => {
    let full = '';
    for (const part of name) full += part === 'G' ? random.pick(given) : part === 'F' ? random.pick(family) : part;
    return full;
  },
  email: (random, _locale, id) =>
    `${random.pick(ADJECTIVES)}${random.pick(JOINTS)}${random.pick(ANIMALS)}${id}@${random.pick(DOMAINS)}`,
  ssn: fictionalSsn,
  card: fictionalCard,
  phone: (random, { phones }) => random.fill(random.pick(phones)),
  birth_date: birthDate,
  address: (random, { address, streets }) => random.fill(address).replace('S', random.pick(streets)),
  city: (random, { cities }) => random.pick(cities),
  zip: (random, { zips }) => random.fill(random.pick(zips)),
  iban: (random, { iban }) => fictionalIban(random, iban),
};

const ADJECTIVES = ['quiet', 'brave', 'amber', 'early', 'Lucky', 'seventh', 'northern', 'velvet', 'modest', 'swift'];
const JOINTS = ['.', '.', '_', '-', '+'];
const ANIMALS = ['falcon', 'otter', 'heron', 'lynx', 'badger', 'magpie', 'walrus', 'gecko', 'marmot', 'ibex'];
/** Reserved by RFC 2606, section 3: mail to them is not delivered. */
const DOMAINS = ['example.com', 'example.org', 'example.net', 'mail.example.com'];
