// What discovery knows of each kind of data: its words in the names of columns, and what becomes of such a column.

export const KINDS = [
  'person-name',
  'email',
  'card',
  'iban',
  'national-number',
  'phone',
  'birth-date',
  'address',
  'place',
  'postal-code',
  'ip-address',
  'personal-id',
  'personal-amount',
  'free-text',
  'proper-name',
  'date',
  'uuid',
  'number',
  'category',
  'code',
  'unread',
  'empty',
] as const;

export type Kind = (typeof KINDS)[number];

export interface KindTraits {
  /** What such values are, in the plural. */
  readonly title: string;
  /** Words and phrases of columns' names, plain and in lower case. */
  readonly hints: readonly string[];
  /** The name of the element for such columns; the reason to leave them alone where they need none. */
  readonly element: string | undefined;
  /** Why such a column needs no element. */
  readonly leftAlone?: string;
}

const words = (text: string): readonly string[] => text.split('|');

export const KIND_TABLE = {
  'person-name': {
    title: 'names of people',
    element: 'deName',
    hints: words(
      'name|names|fullname|full name|first name|last name|firstname|lastname|fname|lname|given name|family name|surname|forename|middle name|maiden name|contact|contact name|customer name|patient|patient name|employee|employee name|holder|cardholder|account holder|owner|author|person|beneficiary|director|' +
        'vorname|nachname|familienname|kunde|nombre|apellido|apellidos|nombre completo|nom|prenom|nom de famille|cognome|nome|nome completo|sobrenome|apelido|voornaam|achternaam|naam|fornavn|etternavn|efternavn|fornamn|efternamn|namn|navn|nimi|etunimi|sukunimi|' +
        'imie|nazwisko|imie i nazwisko|jmeno|prijmeni|meno|priezvisko|nev|keresztnev|vezeteknev|nume|prenume|ime|prezime|ad|soyad|ad soyad|isim|имя|фамилия|фио|отчество|име|іmʼя|прізвище|όνομα|επώνυμο|ονομα|επωνυμο|שם|שם פרטי|שם משפחה|اسم|الاسم|نام|نام خانوادگی|नाम|নাম|ชื่อ|นามสกุล|ten|ho ten|ho va ten|nama|姓名|姓|名字|氏名|名前|お名前|苗字|이름|성명',
    ),
  },
  email: {
    title: 'e-mail addresses',
    element: 'deEmail',
    hints: words(
      'email|e mail|mail|email address|e mail address|correo|correo electronico|courriel|adresse mail|posta|posta elettronica|eposta|e posta|epost|e post|sahkoposti|почта|эл почта|электронная почта|邮箱|电子邮件|メール|メールアドレス|이메일|البريد الإلكتروني|ईमेल',
    ),
  },
  card: {
    title: 'payment card numbers',
    element: 'deCard',
    hints: words(
      'card|card number|cc|ccn|cc number|credit card|creditcard|debit card|pan|kreditkarte|kartennummer|tarjeta|carte|carte bancaire|carta|cartao|numero carta|kaartnummer|kort|kortnummer|karta|numer karty|kart|kart no|карта|номер карты|卡号|カード番号|카드번호',
    ),
  },
  iban: {
    title: 'bank account numbers (IBAN)',
    element: 'deIBAN',
    hints: words(
      'iban|bank account|account number|account no|bankkonto|kontonummer|cuenta|cuenta bancaria|compte|conto|conto corrente|conta|rekening|rekeningnummer|konto|tilinumero|счет|счёт',
    ),
  },
  'national-number': {
    title: 'national numbers of people',
    element: 'deNationalNumber',
    hints: words(
      'national id|national identity|national number|id number|identity number|personal number|personal id|identification number|tax id|tax number|tin|social security|citizen id|ssn|id card|ausweisnummer|steuernummer|documento|documento identidad|numero de identidad|numero identite|documento di identita|rodne cislo|personnummer|identitet',
    ),
  },
  phone: {
    title: 'telephone numbers',
    element: 'dePhone',
    hints: words(
      'phone|phone number|telephone|tel|tel no|mobile|mobile number|mobil|cell|cellphone|cell phone|fax|msisdn|telefon|telefonnummer|handy|handynummer|rufnummer|telefono|movil|celular|portable|telephone portable|cellulare|telefone|telemovel|telefoon|mobiel|puhelin|puhelinnumero|numer telefonu|telefonszam|telefon no|cep telefonu|телефон|моб телефон|τηλεφωνο|κινητο|טלפון|نייד|هاتف|جوال|تلفن|फोन|मोबाइल|電話|電話番号|电话|手机|手机号|전화|전화번호|휴대폰|โทรศัพท์|dien thoai|telepon|no hp',
    ),
  },
  'birth-date': {
    title: 'dates of birth',
    element: 'deBirthDate',
    hints: words(
      'dob|birth|birthdate|birth date|birthday|date of birth|born|death date|date of death|died|geburtsdatum|geburtstag|geboren|fecha nacimiento|fecha de nacimiento|nacimiento|date naissance|date de naissance|naissance|ne le|data nascita|data di nascita|nascita|data nascimento|data de nascimento|nascimento|geboortedatum|fodselsdato|fodelsedatum|syntymaaika|syntymapaiva|data urodzenia|datum narozeni|szuletesi datum|szuletesi ido|data nasterii|datum rodenja|dogum tarihi|дата рождения|дата народження|ημερομηνια γεννησης|תאריך לידה|تاریخ تولد|تاريخ الميلاد|जन्म तिथि|出生日期|生年月日|生日|생년월일|วันเกิด|ngay sinh|tanggal lahir',
    ),
  },
  address: {
    title: 'postal addresses',
    element: 'deAddress',
    hints: words(
      'address|addr|address line|street|street address|home address|billing address|shipping address|postal address|residence|adresse|anschrift|strasse|strasse hausnummer|direccion|domicilio|calle|rue|indirizzo|via|endereco|morada|rua|logradouro|adres|straat|adress|gata|gatuadress|gate|osoite|katuosoite|ulica|adresa|cim|lakcim|utca|adresi|sokak|адрес|улица|адреса|διευθυνση|οδος|כתובת|عنوان|العنوان|آدرس|पता|地址|住所|住址|주소|ที่อยู่|dia chi|alamat',
    ),
  },
  place: {
    title: 'towns and cities',
    element: 'deCity',
    hints: words(
      'city|town|municipality|locality|village|hometown|birthplace|place of birth|stadt|ort|wohnort|geburtsort|gemeinde|ciudad|municipio|localidad|poblacion|ville|commune|lieu|citta|comune|localita|cidade|cidade natal|plaats|woonplaats|stad|ort|postort|by|poststed|kaupunki|kunta|miasto|miejscowosc|mesto|obec|varos|telepules|oras|localitate|grad|sehir|il|ilce|город|місто|населенный пункт|πολη|עיר|مدينة|شهر|शहर|城市|市|市区町村|도시|เมือง|thanh pho|kota',
    ),
  },
  'postal-code': {
    title: 'postal codes',
    element: 'dePostalCode',
    hints: words(
      'zip|zip code|zipcode|zip5|postal code|postcode|post code|postal|plz|postleitzahl|codigo postal|cp|code postal|cap|codice postale|cep|postnummer|postnr|postinumero|kod pocztowy|psc|smerovaci cislo|iranyitoszam|cod postal|postanski broj|posta kodu|индекс|почтовый индекс|ταχυδρομικος κωδικας|τκ|מיקוד|الرمز البريدي|کد پستی|पिन कोड|pin code|pincode|邮编|邮政编码|郵便番号|우편번호|รหัสไปรษณีย์|kode pos',
    ),
  },
  'ip-address': {
    title: 'IP addresses',
    element: 'deIPAddress',
    hints: words(
      'ip|ip address|ipaddress|client ip|remote addr|source ip|ipv4|ipv6|adresse ip|direccion ip|indirizzo ip',
    ),
  },
  'personal-id': {
    title: 'numbers and names that identify a person',
    element: 'dePersonalId',
    hints: words(
      'passport|passport number|passport no|reisepass|passnummer|pasaporte|passeport|passaporto|driver license|drivers license|driver licence|driving licence|license number|fuhrerschein|permis|licencia|patente|plate|license plate|licence plate|kennzeichen|matricula|immatriculation|targa|account number|account no|member number|membership number|policy number|insurance number|patient id|patient number|mrn|medical record|student id|username|user name|login|login name|nickname|handle|screen name|imei|imsi|vin|device id',
    ),
  },
  'personal-amount': {
    title: 'amounts that a person earns, owns or owes',
    element: 'deAmount',
    hints: words(
      'salary|income|wage|wages|pay|annual salary|annual income|compensation|bonus|net worth|balance|account balance|debt|credit limit|pension|gehalt|lohn|einkommen|salario|sueldo|ingresos|salaire|revenu|stipendio|reddito|salarios|renda|saldo|solde|salaris|inkomen|lon|inkomst|palkka|pensja|wynagrodzenie|plat|maas|gelir|зарплата|оклад|доход|μισθος|工资|收入|給与|年収|급여|연봉',
    ),
  },
  'free-text': {
    title: 'free text',
    element: 'deText',
    hints: words(
      'note|notes|comment|comments|remark|remarks|description|message|text|body|feedback|review|diagnosis|summary|bio|biography|notiz|bemerkung|kommentar|nota|notas|comentario|comentarios|observaciones|remarque|commentaire|osservazioni|note libere|observacao|opmerking|notatka|uwagi|poznamka|megjegyzes|aciklama|комментарий|примечание|備考|备注|메모',
    ),
  },
  'proper-name': { title: 'words with capitals: people, firms, places or products', element: 'deWords', hints: [] },
  date: {
    title: 'dates and times of events',
    hints: [],
    element: undefined,
    leftAlone: 'says when something happened; add an element if it dates an event of a person, such as an admission',
  },
  uuid: {
    title: 'UUIDs',
    hints: words('uuid|guid'),
    element: undefined,
    leftAlone: 'says nothing by itself; add an element if other systems know people by it',
  },
  number: { title: 'numbers', hints: [], element: undefined, leftAlone: 'measures or counts something' },
  category: {
    title: 'few values that many rows share',
    hints: [],
    element: undefined,
    leftAlone: 'a token would be as frequent as its value, and so tell it',
  },
  code: {
    title: 'codes and identifiers',
    hints: [],
    element: undefined,
    leftAlone: 'looks like no kind of personal data',
  },
  unread: {
    title: 'values that are no text',
    hints: [],
    element: undefined,
    leftAlone: 'discovery does not look into bytes, lists and structures: query their parts, and decide',
  },
  empty: {
    title: 'no values',
    hints: [],
    element: undefined,
    leftAlone: 'the sample has no value: decide by what it is for',
  },
} as const satisfies Record<Kind, KindTraits>;

/** Words that make `name` the name of a thing. */
export const THINGS =
  /\b(?:product|company|firm|business|brand|file|event|course|school|table|column|field|app|application|project|host|hostname|domain|category|department|role|group|item|model|service|team|country|state|region|city|street|bank|store|shop|title|movie|species|artist|station|airport|airline)\b/;

/** Words of columns that hold names of countries, languages and the like, which few values fill. */
export const COMMON_LISTS =
  /\b(?:country|state|province|region|land|pais|estado|pays|paese|nation|nationality|language|currency|gender|sex|status|type|category|class|grade|department|role|title|job|occupation|profession|industry|color|colour|brand|product|company)\b/;

/** Words of columns that date an event, whatever the years of it. */
export const EVENTS =
  /\b(?:release|released|order|ordered|created|updated|modified|start|started|end|ended|due|expiry|expires|expiration|invoice|invoiced|ship|shipped|sold|sale|published|publication|registered|registration|opened|closed|paid|payment|delivery|timestamp|valid|contract|bestellt|erstellt|geandert|fecha de alta|creado|cree|commande|creato|ordine|aangemaakt|skapad|utworzono)\b/;
