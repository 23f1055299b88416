// Cards (ISO/IEC 7812-1: issuer ranges and the Luhn digit) and bank accounts (ISO 13616-1: lengths and MOD 97-10).
import { luhnSum } from '../../protect/methods/card/luhn.ts';

/** Issuer ranges in use: American Express, Diners Club, JCB, Visa, Mastercard, Maestro, Discover, UnionPay, Mir, RuPay, Troy. */
const ISSUER =
  /^(?:3[47]\d{13}|3(?:0[0-5]|095|[689]\d)\d{11,16}|35(?:2[89]|[3-8]\d)\d{12,15}|4\d{12}(?:\d{3}|\d{6})?|5[1-5]\d{14}|2(?:2[3-9]\d|2[2][1-9]|[3-6]\d\d|7[01]\d|720)\d{12}|220[0-4]\d{12,15}|(?:50|5[6-9]|6\d)\d{10,17}|9792\d{12})$/;

/** Whether a text is a card number: 12 to 19 digits of an issuer, perhaps in groups, with a right Luhn digit. */
export function isCard(value: string): boolean {
  if (!/^\d{12,19}$|^\d{4}(?:[ -]\d{2,7}){2,4}$/.test(value)) return false;
  const digits = value.replaceAll(/[ -]/g, '');
  if (!ISSUER.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  const units = Uint16Array.from(digits, (digit) => digit.charCodeAt(0));
  return luhnSum(units, 0, units.length) === 0;
}

/** Lengths of IBANs by country (SWIFT IBAN registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 ' +
    'MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 ' +
    'TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Whether a text is an IBAN of a country's length with right check digits, plain or in groups, in any case. */
export function isIban(value: string): boolean {
  if (value.length > 45) return false;
  const iban = value.replaceAll(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z\d]+$/.test(iban) || IBAN_LENGTHS[iban.slice(0, 2)] !== iban.length) return false;
  let remainder = 0;
  for (const symbol of iban.slice(4) + iban.slice(0, 4)) {
    const number = Number.parseInt(symbol, 36);
    remainder = (remainder * (number > 9 ? 100 : 10) + number) % 97;
  }
  return remainder === 1;
}
