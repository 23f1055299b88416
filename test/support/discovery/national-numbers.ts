// Made-up national numbers with right check digits, written from the rules of each country and without the library that discovery
// reads them with. Serial numbers are random: a number may be that of a person by accident, as any of its form may.

/** Random numbers: from 0 to below `limit`. */
export type Below = (limit: number) => number;

interface Birth {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function birth(below: Below): Birth {
  return { year: 1935 + below(65), month: 1 + below(12), day: 1 + below(4 * 7) };
}

const two = (value: number): string => String(value % 100).padStart(2, '0');
const digits = (below: Below, length: number): string => Array.from({ length }, () => below(10)).join('');
const letter = (below: Below, of = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'): string => of[below(of.length)]!;
const ymd = ({ year, month, day }: Birth): string => two(year) + two(month) + two(day);
const dmy = ({ year, month, day }: Birth): string => two(day) + two(month) + two(year);

function weighted(text: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(text[i]), 0);
}

/** ISO/IEC 7812-1, annex B. */
function luhn(text: string): string {
  const sum = Array.from(text)
    .toReversed()
    .reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
      return total + Math.floor(value / 10) + (value % 10);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** Draws until `make` answers: some rules leave numbers out. */
function drawn(make: () => string | undefined): string {
  for (;;) {
    const number = make();
    if (number !== undefined) return number;
  }
}

/** ISO/IEC 7064 MOD 11,10. */
function mod11and10(text: string): string {
  const product = Array.from(text).reduce((state, digit) => {
    const sum = (state + Number(digit)) % 10;
    return ((sum === 0 ? 10 : sum) * 2) % 11;
  }, 10);
  return String((11 - product) % 10);
}

/** Multiplies in the dihedral group of order 10. */
function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
}

/** J. Verhoeff, "Error detecting decimal codes". */
function verhoeff(text: string): string {
  const base = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const permute = (value: number, times: number): number => (times === 0 ? value : permute(base[value]!, times - 1));
  const sum = Array.from(text)
    .toReversed()
    .reduce((state, digit, i) => dihedral(state, permute(Number(digit), (i + 1) % 8)), 0);
  return String(sum < 5 ? (5 - sum) % 5 : sum);
}

/** A check digit of a Brazilian CPF. */
function cpfDigit(text: string): number {
  const rest =
    weighted(
      text,
      Array.from({ length: text.length }, (_, i) => text.length + 1 - i),
    ) % 11;
  return rest < 2 ? 0 : 11 - rest;
}

function codiceFiscale(below: Below): string {
  const { year, month, day } = birth(below);
  const consonants = (): string => letter(below, 'BCDFGLMNPRSTVZ');
  const body =
    Array.from({ length: 6 }, consonants).join('') +
    two(year) +
    'ABCDEHLMPRST'[month - 1] +
    two(day + 40 * below(2)) +
    `${letter(below, 'ABCDEFGHILM')}${digits(below, 3)}`;
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  const sum = Array.from(body).reduce((total, symbol, i) => {
    const value = /\d/.test(symbol) ? Number(symbol) : symbol.charCodeAt(0) - 65;
    return total + (i % 2 === 0 ? odd[value]! : value);
  }, 0);
  return body + String.fromCharCode(65 + (sum % 26));
}

function taiwanese(below: Below): string {
  const first = letter(below);
  const code = 10 + 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(first);
  const body = `${1 + below(2)}${digits(below, 7)}`;
  const sum = Math.floor(code / 10) + 9 * (code % 10) + weighted(body, [8, 7, 6, 5, 4, 3, 2, 1]);
  return `${first}${body}${(10 - (sum % 10)) % 10}`;
}

/** By the label that discovery gives the number. */
export const GENERATORS: Readonly<Record<string, (below: Below) => string>> = {
  SSN: (below) => `9${digits(below, 2)}-${two(1 + below(49))}-${digits(below, 4)}`,
  SteuerId: (below) =>
    drawn(() => {
      const rest = Array.from({ length: 10 }, (_, i) => i).toSorted(() => below(3) - 1);
      rest[9] = rest[below(8)]!;
      return rest[0] === 0 ? undefined : rest.join('') + mod11and10(rest.join(''));
    }),
  NIR: (below) => {
    const { year, month } = birth(below);
    const body = `${1 + below(2)}${two(year)}${two(month)}${two(1 + below(18))}${two(10 + below(80)).padStart(3, '0')}${digits(below, 2)}1`;
    return body + two(97 - (Number(body) % 97));
  },
  DNI: (below) => {
    const body = digits(below, 8);
    return body + 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(body) % 23];
  },
  CodiceFiscale: codiceFiscale,
  BSN: (below) =>
    drawn(() => {
      const body = `${1 + below(9)}${digits(below, 7)}`;
      const check = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check === 10 ? undefined : body + check;
    }),
  INSZ: (below) => {
    const body = ymd(birth(below)) + String(1 + below(900)).padStart(3, '0');
    return body + two(97 - (Number(body) % 97));
  },
  PESEL: (below) => {
    const body = ymd(birth(below)) + digits(below, 4);
    return body + ((10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
  },
  Personnummer: (below) => {
    const body = ymd(birth(below)) + digits(below, 3);
    return `${body.slice(0, 6)}-${body.slice(6)}${luhn(body)}`;
  },
  Fodselsnummer: (below) =>
    drawn(() => {
      const body = dmy(birth(below)) + String(below(500)).padStart(3, '0');
      const first = (11 - (weighted(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
      const second = (11 - (weighted(body + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return first > 9 || second > 9 ? undefined : `${body}${first}${second}`;
    }),
  // The seventh digit 0 to 3 says that the year is one of the 20th century.
  CPR: (below) => `${dmy(birth(below))}-${below(4)}${digits(below, 3)}`,
  HETU: (below) => {
    const body = dmy(birth(below));
    const serial = String(2 + below(898)).padStart(3, '0');
    return `${body}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(body + serial) % 31]}`;
  },
  NIF: (below) => {
    const body = `${1 + below(2)}${digits(below, 7)}`;
    const rest = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return body + (rest < 2 ? 0 : 11 - rest);
  },
  CPF: (below) => {
    const body = digits(below, 9);
    const first = cpfDigit(body);
    const all = `${body}${first}${cpfDigit(body + first)}`;
    return `${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6, 9)}-${all.slice(9)}`;
  },
  RUT: (below) => {
    const body = `${1 + below(2)}${digits(below, 7)}`;
    const rest = 11 - (weighted(Array.from(body).toReversed().join(''), [2, 3, 4, 5, 6, 7, 2, 3]) % 11);
    return `${body}-${rest === 11 ? 0 : rest === 10 ? 'K' : rest}`;
  },
  Aadhaar: (below) => {
    const body = `${2 + below(8)}${digits(below, 10)}`;
    const all = body + verhoeff(body);
    return `${all.slice(0, 4)} ${all.slice(4, 8)} ${all.slice(8)}`;
  },
  ResidentId: (below) => {
    const { year, month, day } = birth(below);
    const body = `${letter(below, '1234')}${letter(below, '123')}01${two(1 + below(9))}${year}${two(month)}${two(day)}${digits(below, 3)}`;
    return body + '10X98765432'[weighted(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11];
  },
  RRN: (below) => {
    const body = `${ymd(birth(below))}${1 + below(2)}${two(below(90))}${digits(below, 3)}`;
    const check = (11 - (weighted(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
    return `${body.slice(0, 6)}-${body.slice(6)}${check}`;
  },
  NationalId: taiwanese,
  ZAId: (below) => {
    const body = `${ymd(birth(below))}${digits(below, 4)}08`;
    return body + luhn(body);
  },
  SIN: (below) => {
    const body = `${1 + below(7)}${digits(below, 7)}`;
    const all = body + luhn(body);
    return `${all.slice(0, 3)} ${all.slice(3, 6)} ${all.slice(6)}`;
  },
  TFN: (below) =>
    drawn(() => {
      const body = `${1 + below(9)}${digits(below, 7)}`;
      const sum = weighted(body, [1, 4, 3, 7, 5, 8, 6, 9]);
      const check = Array.from({ length: 10 }, (_, digit) => digit).find((digit) => (sum + 10 * digit) % 11 === 0);
      return check === undefined ? undefined : body + check;
    }),
  NINO: (below) =>
    `${letter(below, 'ABCEHJ')}${letter(below, 'ABCEHJ')} ${two(below(100))} ${two(below(100))} ${two(below(100))} ${letter(below, 'ABCD')}`,
  AHV: (below) => {
    const body = `756${digits(below, 9)}`;
    const check = (10 - (weighted(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10;
    return `756.${body.slice(3, 7)}.${body.slice(7, 11)}.${body.slice(11)}${check}`;
  },
  TCKN: (below) => {
    const body = `${1 + below(9)}${digits(below, 8)}`;
    const tenth =
      (((7 * weighted(body, [1, 0, 1, 0, 1, 0, 1, 0, 1]) - weighted(body, [0, 1, 0, 1, 0, 1, 0, 1])) % 10) + 10) % 10;
    const sum = weighted(body, [1, 1, 1, 1, 1, 1, 1, 1, 1]) + tenth;
    return `${body}${tenth}${sum % 10}`;
  },
  RC: (below) =>
    drawn(() => {
      const { year, month, day } = birth(below);
      const body = `${two(1954 + (year % 46))}${two(month + 50 * below(2))}${two(day)}${digits(below, 3)}`;
      const check = Number(body) % 11;
      return check === 10 ? undefined : `${body.slice(0, 6)}/${body.slice(6)}${check}`;
    }),
  CNP: (below) => {
    const body = `${1 + below(2)}${ymd(birth(below))}${two(1 + below(46))}${digits(below, 3)}`;
    const rest = weighted(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return body + (rest === 10 ? 1 : rest);
  },
  INN: (below) => {
    const body = `77${digits(below, 8)}`;
    const first = (weighted(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
    const second = (weighted(body + first, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
    return `${body}${first}${second}`;
  },
  ThaiId: (below) => {
    const body = `${1 + below(8)}${digits(below, 11)}`;
    return body + ((11 - (weighted(body, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10);
  },
};
