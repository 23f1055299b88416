// Derives the kinds of characters of lib/policy/kinds.data.ts from the runtime's Unicode properties:
// what they were derived from once, and the check of it where the runtime has the same version of Unicode.

export const UNICODE_VERSION = '17.0';

/** A kind in words, and its code points in ascending order. */
export interface DerivedKind {
  readonly name: string;
  readonly points: readonly number[];
}

/** A kind with fewer members joins another, or is left out: its characters would hardly change. */
const LEAST = 5;

/**
 * Where a new area of code points begins. A character is replaced by one of its area, so that common letters become
 * common ones. Areas lie within one length of UTF-8.
 */
const AREAS: readonly (readonly [number, string])[] = [
  [0x0000, 'basic'],
  [0x0080, 'Latin-1'],
  [0x0100, 'extended A'],
  [0x0180, 'extended B'],
  [0x0250, 'phonetic'],
  [0x0370, 'main'],
  [0x0400, 'Slavic'],
  [0x0410, 'main'],
  [0x0450, 'Slavic'],
  [0x0460, 'extended'],
  [0x0530, 'main'],
  [0x064b, 'extended'],
  [0x0700, 'main'],
  [0x0750, 'supplement'],
  [0x0780, 'main'],
  [0x1100, 'jamo'],
  [0x1200, 'main'],
  [0x1c80, 'extended'],
  [0x1d00, 'phonetic'],
  [0x1e00, 'additional'],
  [0x1f00, 'extended'],
  [0x2000, 'signs'],
  [0x2c00, 'main'],
  [0x3130, 'compatible'],
  [0x31c0, 'extended'],
  [0x3200, 'signs'],
  [0x3400, 'extension A'],
  [0x4e00, 'main'],
  [0xa640, 'extended'],
  [0xa960, 'jamo'],
  [0xa980, 'main'],
  [0xab30, 'extended E'],
  [0xabc0, 'main'],
  [0xd7b0, 'jamo'],
  [0xf900, 'compatible'],
  [0xfb00, 'presentation A'],
  [0xfe70, 'presentation B'],
  [0xff00, 'width'],
  [0x10000, 'main'],
  [0x1d400, 'mathematical'],
  [0x1e000, 'main'],
  [0x1ee00, 'mathematical'],
  [0x1f000, 'signs'],
  [0x20000, 'extension B'],
  [0x2a700, 'extensions C to F'],
  [0x30000, 'extensions G to J'],
];

/**
 * All scripts but those that Unicode 16 and 17 added: older runtimes do not know how their letters compose, so values in
 * them are refused.
 */
const SCRIPTS = (
  'Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki ' +
  'Bopomofo Brahmi Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian ' +
  'Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan ' +
  'Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi ' +
  'Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited ' +
  'Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi ' +
  'Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani ' +
  'Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui ' +
  'Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari ' +
  'New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian ' +
  'Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong ' +
  'Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian ' +
  'Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le ' +
  'Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai ' +
  'Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square'
).split(' ');

const scriptTests = SCRIPTS.map((script) => [script, new RegExp(`^\\p{Script=${script}}$`, 'u')] as const);

/** Letters that Unicode counts as common to scripts, and that are written with one of them. */
const OF_SCRIPT: ReadonlyMap<number, string> = new Map([
  [0x0640, 'Arabic'],
  [0x30fc, 'Katakana'],
  [0xff70, 'Katakana'],
  [0xff9e, 'Katakana'],
  [0xff9f, 'Katakana'],
]);

/** The script of the last character: the next one mostly has the same. */
let recent = scriptTests[0]!;

function scriptOf(character: string): string | undefined {
  if (!recent[1].test(character)) {
    const found = scriptTests.find(([, test]) => test.test(character));
    if (found === undefined) return undefined;
    recent = found;
  }
  return recent[0];
}

function groupOf(character: string): string | undefined {
  if (!/[\p{L}\p{N}\p{M}]/u.test(character)) return undefined;
  if (/\p{Default_Ignorable_Code_Point}/u.test(character)) return undefined;
  if (/\p{Nd}/u.test(character)) return 'digits';
  if (/\p{N}/u.test(character)) return 'numbers';
  if (/\p{M}/u.test(character)) return 'marks';
  if (/[\p{Lu}\p{Lt}]/u.test(character)) return 'capitals';
  if (/\p{Ll}/u.test(character)) return 'small letters';
  return /\p{L}/u.test(character) ? 'letters' : undefined;
}

/** Every code point but the surrogates. */
function* codePoints(): Generator<number> {
  for (let point = 0; point <= 0x10ffff; point++) if (point < 0xd800 || point > 0xdfff) yield point;
}

/** Tells whether NFD sorts `mark` behind `other`: its combining class is greater, and neither is 0. */
function sortsBehind(mark: string, other: string): boolean {
  return mark !== other && `${mark}${other}`.normalize('NFD') === `${other}${mark}`;
}

/** Names the combining class of each mark that stands on its own, by the first mark of the class; `` for class 0. */
function combiningClasses(): Map<string, string> {
  const first = '\u0334';
  const last = '\u0345';
  const representatives: string[] = [];
  const classes = new Map<string, string>();
  for (const point of codePoints()) {
    const mark = String.fromCodePoint(point);
    if (!/\p{M}/u.test(mark) || mark.normalize('NFD') !== mark) continue;
    const sorts = sortsBehind(mark, first) || sortsBehind(last, mark) || mark === first || mark === last;
    if (!sorts) continue;
    const same = representatives.find((each) => !sortsBehind(mark, each) && !sortsBehind(each, mark));
    if (same === undefined) representatives.push(mark);
    classes.set(mark, hex((same ?? mark).codePointAt(0)!));
  }
  return classes;
}

function hex(point: number): string {
  return point.toString(16).toUpperCase().padStart(4, '0');
}

function areaOf(point: number): string {
  return AREAS.findLast(([from]) => from <= point)![1];
}

function utf8Length(point: number): number {
  return Buffer.byteLength(String.fromCodePoint(point));
}

/** Digits from a zero to the one at `point`. */
interface Run {
  readonly zero: number;
  readonly point: number;
  readonly length: number;
}

function advance(run: Run, point: number): Run {
  return run.point + 1 === point && run.length < 10
    ? { ...run, point, length: run.length + 1 }
    : { zero: point, point, length: 1 };
}

/**
 * Derives all kinds: characters of one script, area, length in UTF-8 and group, marks also of one combining class, each
 * equal to its own NFC form and none composing with a character before it. Kinds of letters and numbers with fewer than 5 members are taken together without regard
 * to the area; letters that are too few even then join the most numerous letters of their script and length. What is
 * too small for all that has no kind.
 */
export function deriveKinds(): DerivedKind[] {
  const classes = combiningClasses();
  const composers = new Set(deriveComposers());
  const kinds = new Map<string, number[]>();
  let run: Run = { zero: -1, point: -1, length: 10 };
  for (const point of codePoints()) {
    const character = String.fromCodePoint(point);
    const group = groupOf(character);
    if (group === undefined || composers.has(point)) continue;
    const script = OF_SCRIPT.get(point) ?? scriptOf(character);
    if (script === undefined) continue;
    if (character.normalize('NFC') !== character) continue;
    let area = areaOf(point);
    if (group === 'marks') area = `class ${classes.get(character) ?? '0'}`;
    // Digits come in runs of ten, 0 to 9.
    if (group === 'digits') run = advance(run, point);
    if (group === 'digits') area = hex(run.zero);
    add(kinds, keyOf({ script, bytes: utf8Length(point), group, area }), [point]);
  }
  for (const [key, points] of smallKinds(kinds)) {
    kinds.delete(key);
    add(kinds, keyOf({ ...partsOf(key), area: 'other' }), points);
  }
  for (const [key, points] of smallKinds(kinds)) {
    const { script, bytes } = partsOf(key);
    const letters = [...kinds].filter(
      ([other]) =>
        other !== key && partsOf(other).script === script && partsOf(other).bytes === bytes && isLetters(other),
    );
    const caseless = letters.filter(([other]) => partsOf(other).group === 'letters');
    const [home] = (caseless.length > 0 ? caseless : letters).toSorted((a, b) => b[1].length - a[1].length);
    if (home === undefined || !isLetters(key)) continue;
    kinds.delete(key);
    add(kinds, home[0], points);
  }
  return [...kinds]
    .filter(([, points]) => points.length >= LEAST)
    .map(([key, points]) => ({ name: nameOf(key), points: points.toSorted((a, b) => a - b) }))
    .toSorted((a, b) => a.points[0]! - b.points[0]!);
}

interface KindParts {
  readonly script: string;
  readonly bytes: number;
  readonly group: string;
  readonly area: string;
}

function keyOf({ script, bytes, group, area }: KindParts): string {
  return [script, bytes, group, area].join('|');
}

function partsOf(key: string): KindParts {
  const [script, bytes, group, area] = key.split('|') as [string, string, string, string];
  return { script, bytes: Number(bytes), group, area };
}

function isLetters(key: string): boolean {
  return /letters|capitals/.test(partsOf(key).group);
}

function smallKinds(kinds: ReadonlyMap<string, number[]>): [string, number[]][] {
  return [...kinds].filter(([key, points]) => points.length < LEAST && partsOf(key).group !== 'marks');
}

function add(kinds: Map<string, number[]>, key: string, points: readonly number[]): void {
  const known = kinds.get(key);
  if (known === undefined) kinds.set(key, [...points]);
  else for (const point of points) known.push(point);
}

function nameOf(key: string): string {
  const { script, bytes, group, area } = partsOf(key);
  return `${script.replaceAll('_', ' ')} ${area} ${group}, ${bytes} byte${bytes === 1 ? '' : 's'}`;
}

/** Derives the characters that compose with one before them. */
export function deriveComposers(): number[] {
  const seconds = new Set<number>();
  for (const point of codePoints()) {
    const character = String.fromCodePoint(point);
    const parts = Array.from(character.normalize('NFD'));
    if (parts.length < 2 || character.normalize('NFC') !== character) continue;
    // The last step of the composition: what is before it, and one character.
    seconds.add(parts.at(-1)!.codePointAt(0)!);
  }
  return [...seconds].toSorted((a, b) => a - b);
}

/** Writes code points as ranges: `41-5A`, `100-12E/2` for every second one, `2B`. */
export function writeRanges(points: readonly number[]): string {
  const ranges: string[] = [];
  let before = '';
  for (let i = 0; i < points.length; ) {
    const step = gapBehind(points, i) === 2 ? 2 : 1;
    let end = i;
    while (gapBehind(points, end) === step) end++;
    if (end - i < 2 && step === 2) end = i;
    const [from, to] = [points[i]!.toString(16).toUpperCase(), points[end]!.toString(16).toUpperCase()];
    const start = withoutStart(before, from);
    ranges.push(end === i ? start : `${start}-${withoutStart(from, to)}${step === 1 ? '' : `/${step}`}`);
    before = from;
    i = end + 1;
  }
  return ranges.join(' ');
}

/** Leaves out the digits in which a number begins like the one before it. */
function withoutStart(from: string, to: string): string {
  if (from.length !== to.length) return to;
  let same = 0;
  while (same < to.length - 1 && from[same] === to[same]) same++;
  return to.slice(same);
}

/** How far the next point is; 0 behind the last one. */
function gapBehind(points: readonly number[], i: number): number {
  return i + 1 < points.length ? points[i + 1]! - points[i]! : 0;
}
