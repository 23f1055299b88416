// National numbers of people. Forms and check digits are those of the package stdnum, which takes no birth date after today; what it
// lacks is here. `chance` is the share of other texts of the same form that pass by accident: 1 in 10 for a check digit, 1 in 97 for
// two, less where a birth date is inside.
import { stdnum } from 'stdnum';

export interface NationalNumber {
  /** Part of the element's name: `deSSN`. */
  readonly label: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly title: string;
  readonly takes: (value: string) => boolean;
  readonly chance: number;
  /** Words of a column's name. */
  readonly hints: readonly string[];
}

interface Validator {
  validate(value: string): { readonly isValid: boolean };
}

/** A check digit. */
const ONE = 0.1;
/** Two check digits, or one and a letter. */
const TWO = 0.01;
/** Check digits around a birth date. */
const DATED = 0.004;

type Row = readonly [
  country: string,
  label: string,
  title: string,
  form: RegExp,
  /** Of the country in stdnum, by its name there. */
  validator: Validator | string,
  chance: number,
  hints: string,
];

/** Rules of the US Social Security Administration: no area 000, 666 or from 900, no group 00, no serial 0000. */
const US_RULES: Validator = {
  validate: (value) => ({ isValid: /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(value) }),
};

/** For a form that says enough. Areas from 900 are taxpayer numbers, or made up. */
const ANY: Validator = { validate: () => ({ isValid: true }) };

/** `form` bounds the work: most values of a column fail it. */
const ROWS: readonly Row[] = [
  ['US', 'SSN', 'US social security numbers', /^\d{3}-\d{2}-\d{4}$/, ANY, 0.001, 'ssn|social security'],
  ['US', 'SSN', 'US social security numbers', /^\d{9}$/, US_RULES, 0.85, 'ssn|social security'],
  ['AR', 'CUIL', 'Argentine CUIL', /^\d{2}-?\d{8}-?\d$/, 'cuit', 0.005, 'cuil|cuit'],
  [
    'AT',
    'SVNR',
    'Austrian social insurance numbers',
    /^\d{4} ?\d{6}$/,
    'vnr',
    DATED,
    'svnr|sozialversicherungsnummer|vnr',
  ],
  ['AU', 'TFN', 'Australian tax file numbers', /^\d{3}[ -]?\d{3}[ -]?\d{3}$/, 'tfn', ONE, 'tfn|tax file'],
  [
    'BE',
    'INSZ',
    'Belgian national numbers',
    /^\d{2}\.?\d{2}\.?\d{2}[ -]?\d{3}[.-]?\d{2}$/,
    'nn',
    DATED,
    'insz|niss|rijksregister|registre national|national number',
  ],
  ['BG', 'EGN', 'Bulgarian EGN', /^\d{10}$/, 'egn', ONE, 'egn|егн'],
  ['BR', 'CPF', 'Brazilian CPF', /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/, 'cpf', TWO, 'cpf'],
  [
    'CA',
    'SIN',
    'Canadian social insurance numbers',
    /^\d{3}[ -]?\d{3}[ -]?\d{3}$/,
    'sin',
    ONE,
    'sin|nas|social insurance',
  ],
  ['CH', 'AHV', 'Swiss AHV numbers', /^756\.?\d{4}\.?\d{4}\.?\d{2}$/, 'ssn', 0.0001, 'ahv|avs|ahvn'],
  ['CL', 'RUT', 'Chilean RUT', /^\d{1,2}\.?\d{3}\.?\d{3}-?[\dkK]$/, 'run', ONE, 'rut|run'],
  [
    'CN',
    'ResidentId',
    'Chinese resident identity numbers',
    /^\d{17}[\dXx]$/,
    'ric',
    DATED,
    '身份证|身份證|resident id|id card',
  ],
  ['CZ', 'RC', 'Czech and Slovak birth numbers', /^\d{6}\/?\d{4}$|^\d{6}\/\d{3}$/, 'rc', TWO, 'rodne cislo|rc'],
  [
    'DE',
    'SteuerId',
    'German tax identification numbers',
    /^\d{2} ?\d{3} ?\d{3} ?\d{3}$/,
    'idnr',
    0.02,
    'steuerid|steuer id|idnr|steueridentifikationsnummer|tin',
  ],
  [
    'DE',
    'SVNummer',
    'German social insurance numbers',
    /^\d{2} ?\d{6} ?[A-Z] ?\d{3}$/,
    'svnr',
    DATED,
    'svnr|sozialversicherungsnummer|rvnr',
  ],
  ['DK', 'CPR', 'Danish CPR numbers', /^\d{6}-?\d{4}$/, 'cpr', 0.04, 'cpr|cpr nummer|personnummer'],
  ['EC', 'Cedula', 'Ecuadorian cédulas', /^\d{10}$/, 'ci', 0.02, 'cedula'],
  ['EE', 'Isikukood', 'Estonian personal codes', /^[1-8]\d{10}$/, 'ik', ONE, 'isikukood'],
  ['ES', 'DNI', 'Spanish DNI', /^[\dKLM]\d{7}-?[A-Z]$/, 'dni', 0.045, 'dni|nif'],
  ['ES', 'NIE', 'Spanish NIE', /^[XYZ]-?\d{7}-?[A-Z]$/, 'nie', 0.045, 'nie'],
  [
    'FI',
    'HETU',
    'Finnish personal identity codes',
    /^\d{6}[-+A-FU-Y]\d{3}[\dA-Z]$/,
    'hetu',
    0.001,
    'hetu|henkilotunnus|personbeteckning',
  ],
  [
    'FR',
    'NIR',
    'French NIR',
    /^[1-478] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}$/,
    'nir',
    0.005,
    'nir|securite sociale|numero de secu|insee|secu',
  ],
  [
    'GB',
    'NINO',
    'UK national insurance numbers',
    /^[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/,
    'nino',
    0.005,
    'nino|national insurance|ni number',
  ],
  [
    'GB',
    'NHS',
    'NHS numbers',
    /^\d{3}[ -]?\d{3}[ -]?\d{4}$/,
    { validate: (value) => ({ isValid: isNhsNumber(value) }) },
    ONE,
    'nhs|nhs number',
  ],
  ['GR', 'AMKA', 'Greek AMKA', /^\d{11}$/, 'amka', DATED, 'amka|αμκα'],
  ['HK', 'HKID', 'Hong Kong identity cards', /^[A-Z]{1,2}\d{6}\(?[\dA]\)?$/, 'hkid', 0.09, 'hkid|身份證'],
  ['HR', 'OIB', 'Croatian OIB', /^\d{11}$/, 'oib', ONE, 'oib'],
  ['IE', 'PPS', 'Irish PPS numbers', /^\d{7}[A-W][A-IW]?$/, 'pps', 0.04, 'pps|ppsn'],
  ['IL', 'TeudatZehut', 'Israeli identity numbers', /^\d{5,9}$/, 'idnr', ONE, 'teudat zehut|תעודת זהות|ת.ז'],
  ['IN', 'Aadhaar', 'Aadhaar numbers', /^[2-9]\d{3} ?\d{4} ?\d{4}$/, 'aadhaar', ONE, 'aadhaar|aadhar|आधार|uid'],
  ['IN', 'PAN', 'Indian PAN', /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/, 'pan', 0.3, 'pan'],
  [
    'IT',
    'CodiceFiscale',
    'Italian codici fiscali',
    /^[A-Z]{6}[\dL-V]{2}[ABCDEHLMPRST][\dL-V]{2}[A-Z][\dL-V]{3}[A-Z]$/i,
    'codicefiscale',
    0.001,
    'codice fiscale|cf',
  ],
  ['KR', 'RRN', 'Korean resident registration numbers', /^\d{6}-?[0-9]\d{6}$/, 'rrn', DATED, '주민등록번호|rrn|jumin'],
  ['LT', 'AsmensKodas', 'Lithuanian personal codes', /^[1-6]\d{10}$/, 'asmens', DATED, 'asmens kodas'],
  ['LV', 'PersonasKods', 'Latvian personal codes', /^\d{6}-?\d{5}$/, 'pvn', ONE, 'personas kods'],
  ['MX', 'CURP', 'Mexican CURP', /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d$/, 'curp', 0.001, 'curp'],
  ['MY', 'NRIC', 'Malaysian NRIC', /^\d{6}-?\d{2}-?\d{4}$/, 'nric', 0.02, 'nric|mykad|no kp'],
  ['NL', 'BSN', 'Dutch BSN', /^\d{4}\.?\d{2}\.?\d{3}$|^\d{8,9}$/, 'bsn', ONE, 'bsn|burgerservicenummer|sofi'],
  [
    'NO',
    'Fodselsnummer',
    'Norwegian birth numbers',
    /^\d{6} ?\d{5}$/,
    'fodselsnummer',
    0.0005,
    'fodselsnummer|fnr|personnummer',
  ],
  ['NZ', 'IRD', 'New Zealand IRD numbers', /^\d{2,3}[ -]?\d{3}[ -]?\d{3}$/, 'ird', ONE, 'ird'],
  ['PL', 'PESEL', 'Polish PESEL', /^\d{11}$/, 'pesel', TWO, 'pesel'],
  ['PT', 'NIF', 'Portuguese NIF', /^[1-35]\d{8}$|^\d{3} \d{3} \d{3}$/, 'nif', ONE, 'nif|contribuinte'],
  ['RO', 'CNP', 'Romanian CNP', /^[1-9]\d{12}$/, 'cnp', DATED, 'cnp'],
  ['RS', 'JMBG', 'JMBG', /^\d{13}$/, 'jmbg', 0.01, 'jmbg|јмбг'],
  ['RU', 'INN', 'Russian INN', /^\d{12}$/, 'inn', TWO, 'inn|инн'],
  [
    'SE',
    'Personnummer',
    'Swedish personal identity numbers',
    /^(?:\d{2})?\d{6}[-+]?\d{4}$/,
    'personnummer',
    DATED,
    'personnummer|pnr|personal number',
  ],
  ['SI', 'EMSO', 'Slovenian EMŠO', /^\d{13}$/, 'emso', DATED, 'emso'],
  [
    'TH',
    'ThaiId',
    'Thai identity numbers',
    /^\d-?\d{4}-?\d{5}-?\d{2}-?\d$/,
    'idnr',
    ONE,
    'เลขประจำตัวประชาชน|thai id|citizen id',
  ],
  ['TR', 'TCKN', 'Turkish identity numbers', /^[1-9]\d{10}$/, 'tckimlik', TWO, 'tckn|tc kimlik|kimlik'],
  [
    'TW',
    'NationalId',
    'Taiwanese identity numbers',
    /^[A-Z][1289A-D]\d{8}$/,
    'natid',
    0.1,
    '身分證|身份證|national id',
  ],
  ['UA', 'RNTRC', 'Ukrainian tax numbers', /^\d{10}$/, 'rntrc', ONE, 'rntrc|рнокпп|іпн'],
  ['ZA', 'ZAId', 'South African identity numbers', /^\d{13}$/, 'idnr', DATED, 'sa id|id number|identity number'],
];

/** NHS Data Dictionary, "NHS number": weights 10 to 2, modulo 11. */
function isNhsNumber(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '');
  const sum = Array.from(digits.slice(0, 9)).reduce((total, digit, i) => total + (10 - i) * Number(digit), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}

/** Characters of the longest form, with its separators. */
const LONGEST = 24;

/** Every national number that discovery knows. */
export const NATIONAL_NUMBERS: readonly NationalNumber[] = ROWS.map(
  ([country, label, title, form, check, chance, hints]) => {
    const validator = typeof check === 'string' ? stdnum[country]?.[check] : check;
    if (validator === undefined) throw new RangeError(`stdnum does not know ${country} ${label}`);
    return {
      country,
      label,
      title,
      chance,
      hints: hints.split('|'),
      takes: (value) => {
        if (value.length > LONGEST) return false;
        const text = value.toUpperCase();
        return form.test(text) && validator.validate(text.replaceAll('.', '')).isValid;
      },
    };
  },
);
