// Places and postal addresses: words, endings and numbers that they have in many languages.
import { plain, wordsOf } from './words.ts';

/** Words that stand before or in names of places. */
const PLACE_WORD =
  /^(?:north|south|east|west|new|port|lake|saint|st|san|santa|santo|sao|los|las|mount|fort|bad|sankt|am|an|nieuw|villa|ciudad|puerto|vila|nova|novo|sur|les|les|upper|lower|great|little|city|town|village|beach|valley|springs|heights|park|falls|hills|grove|creek|island|settimo|borgo|castel|quartiere|porto|novy|nove|nova|stary|stara|gmina|kota|kabupaten|velikiy|nizhniy|новый|нижний|великий|санкт|горад|город|нове|norte|sul|leste|oeste|nossa|senhora|bay|glen|point|ridge)$/;

const PLACE_ENDING =
  /(?:ton|ville|burg|burgh|stadt|berg|heim|field|ford|mouth|bury|shire|land|haven|side|port|furt|wood|chester|cester|stead|hampton|bridge|dale|minster|view|hausen|dorf|hafen|bach|ingen|lingen|dam|kerk|hoven|veen|sluis|dijk|trup|rup|borg|stad|holm|koping|vik|havn|sund|nes|abad|pur|pura|nagar|ganj|kent|grad|gorod|polis|poli|ow|owo|owice|zdroj|bjerg|kobing|rod|lev|strup|fjord|fjell|strand|voll|ice|ina|iany|ov|brod|hely|vasarhely|hid|falva|haza|ești|esti|burgo|град|город|бург|ск|цк|поль|市|区|區|县|縣|町|村|郡|시|군|구)$/;

/** Large towns, of which a column of towns holds some. */
const TOWNS: ReadonlySet<string> = new Set(
  wordsOf(
    plain(
      `london manchester birmingham leeds glasgow liverpool bristol sheffield edinburgh cardiff belfast dublin cork paris marseille lyon toulouse nice
      nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon angers nimes berlin munchen koln stuttgart dusseldorf leipzig
      dortmund essen bremen dresden hannover nurnberg bochum bonn munster mannheim karlsruhe wiesbaden kiel mainz erfurt rostock kassel wien graz linz
      innsbruck zurich geneve genf basel bern lausanne winterthur luzern lugano biel thun bellinzona baden chur madrid barcelona sevilla zaragoza malaga murcia
      palma bilbao alicante cordoba valladolid vigo gijon granada oviedo lisboa porto braga coimbra setubal aveiro evora faro leiria viseu roma milano
      napoli torino palermo genova bologna firenze bari catania verona venezia messina padova trieste brescia parma modena amsterdam utrecht eindhoven
      groningen tilburg almere breda nijmegen arnhem haarlem leiden delft antwerpen gent brugge leuven liege namur bruxelles kobenhavn aarhus odense
      aalborg esbjerg randers kolding horsens vejle stockholm goteborg malmo uppsala vasteras orebro oslo bergen trondheim stavanger tromso helsinki
      espoo tampere turku oulu lahti kuopio jyvaskyla rovaniemi joensuu warszawa krakow lodz wroclaw poznan gdansk szczecin bydgoszcz lublin katowice bialystok
      praha brno ostrava plzen liberec olomouc bratislava kosice budapest debrecen szeged miskolc pecs gyor bucuresti cluj timisoara iasi constanta craiova
      brasov galati ploiesti oradea sibiu arad sofia plovdiv varna burgas beograd zagreb split rijeka ljubljana maribor sarajevo istanbul ankara izmir
      bursa adana antalya konya gaziantep mersin kayseri eskisehir samsun trabzon corum sanliurfa malatya erzurum athina thessaloniki patra moskva
      kyiv kharkiv odesa lviv москва петербург новосибирск екатеринбург казань самара омск челябинск ростов уфа красноярск воронеж пермь київ харків
      одеса львів dnipro minsk vilnius kaunas riga tallinn tartu chicago houston phoenix philadelphia dallas austin denver seattle boston detroit memphis
      portland atlanta miami oakland minneapolis tulsa omaha toronto montreal vancouver calgary ottawa edmonton winnipeg halifax sydney melbourne
      brisbane perth adelaide canberra hobart auckland wellington johannesburg durban pretoria bloemfontein polokwane nairobi lagos abuja accra cairo
      tunis rabat mumbai delhi bangalore bengaluru chennai kolkata pune jaipur lucknow nagpur indore bhopal patna surat vadodara ludhiana agra nashik
      karachi lahore dhaka colombo kathmandu bangkok hanoi jakarta surabaya bandung medan manila cebu singapore beijing shanghai guangzhou shenzhen
      tokyo osaka kyoto nagoya sapporo seoul busan incheon daegu guadalajara monterrey puebla tijuana bogota medellin cali lima quito guayaquil
      caracas montevideo rosario mendoza valparaiso recife fortaleza salvador curitiba manaus belem goiania brasilia campinas 北京 上海 广州 深圳 天津
      武汉 成都 重庆 南京 杭州 西安 臺北 台北 臺中 台中 高雄 臺南 서울 부산 인천 대구 대전 광주 กรุงเทพมหานคร เชียงใหม่ ขอนแก่น ภูเก็ต นครราชสีมา`,
    ),
  ),
);

/** Whether a text holds a word or an ending that names of places have. */
export function isKnownPlace(value: string): boolean {
  if (/\p{N}/u.test(value) || value.length > 60) return false;
  const words = wordsOf(plain(value));
  if (words.length === 0 || words.length > 5) return false;
  return words.some((word) => TOWNS.has(word) || (words.length > 1 && PLACE_WORD.test(word)) || isPlaceEnding(word));
}

function isPlaceEnding(word: string): boolean {
  const ending = PLACE_ENDING.exec(word)?.[0];
  return ending !== undefined && (word.length >= ending.length + 2 || /\P{ASCII}/u.test(ending));
}

const STREET_WORDS: ReadonlySet<string> = new Set(
  wordsOf(
    plain(
      `street st road rd avenue ave av lane ln drive dr boulevard blvd bd court ct place pl way terrace ter close crescent square sq parkway pkwy
      highway hwy circle cir trail trl alley plaza loop path row walk mews gardens grove suite apt apartment unit floor box
      strasse str weg platz allee gasse ring ufer damm rue chemin impasse quai cours route voie faubourg passage
      via viale piazza corso vicolo strada largo contrada borgo incrocio rotonda calle calleja camino carrera paseo plaza avenida avda travesia ronda carretera
      rua avenida travessa praca alameda rodovia largo estrada marginal straat laan plein gracht kade singel pad
      ulica ul aleja al osiedle plac gata gatan vagen vag gate vei veien vej gade alle tie katu polku kuja trg utca ut ter
      sokak sok cadde caddesi cad mahalle mah bulvar bulvari sokagi улица ул проспект пр переулок пер площадь пл бульвар шоссе вулиця вул провулок
      οδος λεωφορος jalan jl gang jln no nr kav kp rd soi thanon street nagar marg chowk galli road colony sector house flat`,
    ),
  ),
);
const STREET_ENDING =
  /(?:strasse|str|weg|platz|allee|gasse|ring|ufer|damm|graben|hof|straat|laan|plein|gracht|kade|singel|pad|dreef|gatan|gata|vagen|grand|stigen|gaten|veien|vegen|gate|vei|vej|gade|stien|katu|tie|kuja|polku|utca|gotu|gata|straede)$/;
/** Streets, blocks and numbers in Chinese, Japanese and Korean. */
const EAST_ASIAN_STREET = /[路街道巷弄号號栋楼丁目番地]|[로길동읍면]\s*\d|\d-\d/u;

/** Whether a text has the shape of an address: words, and a number. */
export function looksLikeAddress(value: string): boolean {
  if (value.length > 250 || value.length < 5 || !/\p{L}{2}/u.test(value) || !/\p{N}/u.test(value)) return false;
  if (/@|:\/\/|[{}<>=_]/.test(value)) return false;
  return /[\s,]/.test(value) || /[\p{Script=Han}\p{Script=Hangul}]/u.test(value);
}

/** Whether a text holds a word for a street, and a number. */
export function isKnownAddress(value: string): boolean {
  return looksLikeAddress(value) && holdsStreetWord(value);
}

export function holdsStreetWord(value: string): boolean {
  const words = wordsOf(plain(value));
  if (words.length > 25) return false;
  return words.some((word) => STREET_WORDS.has(word) || STREET_ENDING.test(word)) || EAST_ASIAN_STREET.test(value);
}

/** Postal codes of some form that says enough: with letters or separators. */
const MARKED_POSTAL_CODE =
  /^(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} [A-Z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}|\d{3}-\d{4}|\d{3}[ -]\d{3}|\d{3} \d{2}|\d{5}-\d{4}|(?:A|AZ|B|CH|D|DK|F|FI|FR|HR|I|L|LT|LV|MD|N|NL|S|SE|SI)-\d{4,5}|[A-Z]\d{2} ?[A-Z\d]{4}|\d{4}[A-Z]{2}|[A-Z]\d{4}[A-Z]{3})$/i;
const POSTAL_CODE = /^(?:\d{3,7}|[A-Z\d]{2,4}[ -]?[A-Z\d]{3,4})$/i;

export function isMarkedPostalCode(value: string): boolean {
  return MARKED_POSTAL_CODE.test(value);
}

/** Whether a text may be a postal code of some country: few letters and digits, with one digit at least. */
export function looksLikePostalCode(value: string): boolean {
  return MARKED_POSTAL_CODE.test(value) || (POSTAL_CODE.test(value) && /\d/.test(value));
}
