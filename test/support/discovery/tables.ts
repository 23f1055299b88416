// Generated tables of people with a label for each column: what it holds. Names, addresses and telephone numbers are faker's, of many
// locales; numbers with check digits are made here.
import { allFakers, type Faker } from '@faker-js/faker';
import type { SampledColumn, SampledTable } from '../../../lib/discovery/column.ts';
import type { Kind } from '../../../lib/discovery/kinds/table.ts';
import { type Below, GENERATORS } from './national-numbers.ts';

/** Faker's locale, the national number of the country, and names of columns in its language. */
type Locale = readonly [locale: keyof typeof allFakers, number: string, names: string];

/** `first last name mail number birth phone street town postcode note`, as people call their columns. */
const LOCALES: readonly Locale[] = [
  ['en_US', 'SSN', 'first_name|last_name|full_name|email|ssn|date_of_birth|phone|street_address|city|zip|notes'],
  [
    'en_GB',
    'NINO',
    'Forename|Surname|CustomerName|EmailAddress|NINO|DOB|Telephone|AddressLine1|Town|Postcode|Comments',
  ],
  ['en_IN', 'Aadhaar', 'fname|lname|customer_name|email_id|aadhaar|dob|mobile|address|city|pincode|remarks'],
  ['en_ZA', 'ZAId', 'first_name|surname|contact|e_mail|id_number|birth_date|cell|address|town|postal_code|notes'],
  ['en_CA', 'SIN', 'firstName|lastName|fullName|email|sin|birthDate|phoneNumber|streetAddress|city|postalCode|comment'],
  ['en_AU', 'TFN', 'given_name|family_name|name|email|tfn|dob|mobile|street|locality|postcode|notes'],
  ['de', 'SteuerId', 'Vorname|Nachname|Name|E-Mail|Steuer-ID|Geburtsdatum|Telefon|Straße|Ort|PLZ|Bemerkung'],
  ['de_CH', 'AHV', 'vorname|nachname|name|email|ahv|geburtsdatum|telefon|adresse|ort|plz|notiz'],
  [
    'fr',
    'NIR',
    'prénom|nom|nom_complet|courriel|nir|date_de_naissance|téléphone|adresse|ville|code_postal|commentaire',
  ],
  ['fr_BE', 'INSZ', 'prenom|nom|contact|email|niss|date_naissance|telephone|rue|commune|code_postal|remarque'],
  [
    'es',
    'DNI',
    'nombre|apellidos|nombre_completo|correo|dni|fecha_nacimiento|teléfono|dirección|ciudad|código_postal|observaciones',
  ],
  ['pt_BR', 'CPF', 'nome|sobrenome|nome_completo|email|cpf|data_nascimento|telefone|endereço|cidade|cep|observação'],
  [
    'pt_PT',
    'NIF',
    'nome|apelido|nome_completo|email|nif|data_de_nascimento|telemóvel|morada|localidade|código_postal|nota',
  ],
  [
    'it',
    'CodiceFiscale',
    'nome|cognome|nome_completo|email|codice_fiscale|data_di_nascita|cellulare|indirizzo|comune|cap|note',
  ],
  ['nl', 'BSN', 'voornaam|achternaam|naam|email|bsn|geboortedatum|telefoon|adres|woonplaats|postcode|opmerking'],
  ['pl', 'PESEL', 'imię|nazwisko|imię_i_nazwisko|email|pesel|data_urodzenia|telefon|adres|miasto|kod_pocztowy|uwagi'],
  ['cs_CZ', 'RC', 'jméno|příjmení|jmeno|email|rodné_číslo|datum_narození|telefon|ulice|město|psč|poznámka'],
  [
    'sv',
    'Personnummer',
    'förnamn|efternamn|namn|e_post|personnummer|födelsedatum|telefon|adress|ort|postnummer|kommentar',
  ],
  [
    'nb_NO',
    'Fodselsnummer',
    'fornavn|etternavn|navn|e_post|fødselsnummer|fødselsdato|telefon|adresse|poststed|postnummer|kommentar',
  ],
  ['da', 'CPR', 'fornavn|efternavn|navn|email|cpr|fødselsdato|telefon|adresse|by|postnr|kommentar'],
  ['fi', 'HETU', 'etunimi|sukunimi|nimi|sähköposti|hetu|syntymäaika|puhelin|osoite|kaupunki|postinumero|note'],
  ['ro', 'CNP', 'prenume|nume|nume|email|cnp|data_nasterii|telefon|adresa|oraș|cod_postal|nota'],
  ['tr', 'TCKN', 'ad|soyad|ad_soyad|eposta|tckn|doğum_tarihi|telefon|adres|şehir|posta_kodu|açıklama'],
  ['ru', 'INN', 'имя|фамилия|фио|почта|инн|дата_рождения|телефон|адрес|город|индекс|комментарий'],
  ['zh_CN', 'ResidentId', '名字|姓|姓名|邮箱|身份证|出生日期|手机|地址|城市|邮编|备注'],
  ['zh_TW', 'NationalId', '名字|姓|姓名|email|身分證|生日|手機|地址|城市|郵遞區號|備註'],
  ['ko', 'RRN', '이름|성|성명|이메일|주민등록번호|생년월일|전화|주소|도시|우편번호|메모'],
  ['ja', '', '名前|姓|氏名|メール||生年月日|電話番号|住所|市|郵便番号|備考'],
  ['th', 'ThaiId', 'ชื่อ|นามสกุล|ชื่อ|email|thai_id|วันเกิด|โทรศัพท์|ที่อยู่|เมือง|รหัสไปรษณีย์|note'],
];

export const LOCALE_NAMES: readonly string[] = LOCALES.map(([locale]) => locale);

/** How the columns of a table are called: by what they hold, by their position, or by what another column holds. */
export type Naming = 'helpful' | 'neutral' | 'lying';

export interface LabelledTable extends SampledTable {
  readonly locale: string;
  readonly naming: Naming;
  /** What each column holds. */
  readonly labels: readonly Label[];
}

/** `number` names the national number. Kinds that need no element are all one: `other`. */
export interface Label {
  readonly kind: Kind | 'other';
  readonly number?: string;
}

interface Made extends Label {
  readonly name: string;
  readonly value: (row: number) => string | null;
  readonly type?: string;
}

const IBANS: readonly (readonly [country: string, form: string])[] = [
  ['DE', '##################'],
  ['FR', '#######################'],
  ['ES', '####################'],
  ['NL', 'ABNA##########'],
  ['GB', 'BARC##############'],
  ['PL', '########################'],
];

function iban(faker: Faker): string {
  const [country, form] = faker.helpers.arrayElement(IBANS);
  const bban = faker.string.numeric(form.length).slice(0, form.length);
  const body = Array.from(form)
    .map((symbol, i) => (symbol === '#' ? bban[i]! : symbol))
    .join('');
  const number = Array.from(`${body}${country}00`)
    .map((symbol) => Number.parseInt(symbol, 36))
    .join('');
  return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${body}`;
}

function card(faker: Faker): string {
  const [prefix, length] = faker.helpers.arrayElement([
    ['4', 16],
    ['52', 16],
    ['37', 15],
    ['6011', 16],
  ] as const);
  const body = prefix + faker.string.numeric({ length: length - prefix.length - 1, allowLeadingZeros: true });
  const sum = Array.from(body)
    .toReversed()
    .reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

function columnsOf(faker: Faker, number: string, names: string): Made[] {
  const [first, last, full, mail, national, birth, phone, street, town, postcode, note] = names.split('|');
  const below: Below = (limit) => faker.number.int({ max: limit - 1 });
  const since = new Date('2019-01-01T00:00:00Z');
  const until = new Date('2026-11-01T00:00:00Z');
  const born = { mode: 'year' as const, min: 1940, max: 2006, refDate: until };
  return [
    { name: 'id', kind: 'other', value: (row) => String(row + 1), type: 'BIGINT' },
    { name: first!, kind: 'person-name', value: () => faker.person.firstName() },
    { name: last!, kind: 'person-name', value: () => faker.person.lastName() },
    { name: full!, kind: 'person-name', value: () => faker.person.fullName() },
    { name: mail!, kind: 'email', value: () => faker.internet.email() },
    ...(number === ''
      ? []
      : [{ name: national!, kind: 'national-number' as const, number, value: () => GENERATORS[number]!(below) }]),
    { name: birth!, kind: 'birth-date', value: () => day(faker.date.birthdate(born)), type: 'DATE' },
    { name: phone!, kind: 'phone', value: () => faker.phone.number() },
    { name: street!, kind: 'address', value: () => faker.location.streetAddress() },
    { name: town!, kind: 'place', value: () => faker.location.city() },
    { name: postcode!, kind: 'postal-code', value: () => faker.location.zipCode() },
    { name: 'card_number', kind: 'card', value: () => card(faker) },
    { name: 'iban', kind: 'iban', value: () => iban(faker) },
    { name: 'ip_address', kind: 'ip-address', value: () => faker.internet.ip() },
    { name: note!, kind: 'free-text', value: () => faker.lorem.sentences({ min: 1, max: 3 }) },
    { name: 'session', kind: 'other', value: () => faker.string.uuid() },
    {
      name: 'ordered_at',
      kind: 'other',
      value: () => faker.date.between({ from: since, to: until }).toISOString().replace('T', ' ').slice(0, 19),
      type: 'TIMESTAMP',
    },
    { name: 'quantity', kind: 'other', value: () => String(below(500)), type: 'BIGINT' },
    { name: 'price', kind: 'other', value: () => faker.finance.amount(), type: 'DOUBLE' },
    { name: 'status', kind: 'other', value: () => faker.helpers.arrayElement(['new', 'open', 'closed', 'paid']) },
    { name: 'active', kind: 'other', value: () => String(faker.datatype.boolean()), type: 'BOOLEAN' },
    { name: 'sku', kind: 'other', value: () => faker.helpers.fromRegExp('[A-Z]{3}-[0-9]{5}') },
    { name: 'serial', kind: 'other', value: () => faker.string.numeric({ length: 10, allowLeadingZeros: true }) },
  ];
}

/** Makes a table of a locale, the same for the same seed. Some cells are NULL or `N/A`. Throws `RangeError` for an unknown locale. */
export function labelledTable(locale: string, naming: Naming, rows: number, seed: number): LabelledTable {
  const row = LOCALES.find(([name]) => name === locale);
  if (row === undefined) throw new RangeError(`There are no tables of ${locale}`);
  const [name, number, names] = row;
  const faker: Faker = allFakers[name];
  faker.seed(seed);
  const made = columnsOf(faker, number, names);
  const columns = made.map(({ name: helpful, value, type = 'VARCHAR' }, i): SampledColumn => {
    const values = Array.from({ length: rows }, (_, at) => value(at)).map((text) => {
      const chance = faker.number.int({ max: 99 });
      return chance < 3 ? null : chance === 3 && type === 'VARCHAR' ? 'N/A' : text;
    });
    const lie = made[(i + 7) % made.length]!.name;
    return columnOf(naming === 'helpful' ? helpful : naming === 'neutral' ? `col${i + 1}` : lie, type, values);
  });
  return {
    name: locale.toLowerCase(),
    locale,
    naming,
    columns,
    labels: made.map(({ kind, number: label }) => ({ kind, ...(label !== undefined && { number: label }) })),
  };
}

/** Makes a column of its cells. */
export function columnOf(name: string, type: string, cells: readonly (string | null)[]): SampledColumn {
  const tally = new Map<string, number>();
  for (const cell of cells) if (cell !== null) tally.set(cell, (tally.get(cell) ?? 0) + 1);
  return { name, type, rows: cells.length, values: [...tally] };
}
