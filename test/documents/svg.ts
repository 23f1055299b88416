// A terminal as a picture: SVG 1.1, in which the text stays text.

/** A line of a terminal, and what it is. */
export interface Line {
  readonly kind: 'comment' | 'command' | 'output';
  readonly text: string;
}

const WIDTH = 100;
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 20;

/** Draws the lines of a terminal of 100 columns. */
export function drawTranscript(lines: readonly Line[]): string {
  const width = Math.ceil(WIDTH * CHARACTER + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN + 20;
  const rows = lines.map((line, i) => {
    const y = MARGIN + 34 + i * LINE;
    return `<text x="${MARGIN}" y="${y}" class="${classOf(line)}" xml:space="preserve">${escaped(line.text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>A run of protector</title>`,
    '<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:#d7dae0}',
    '.comment{fill:#8b949e}.command{fill:#ffffff;font-weight:bold}.good{fill:#7ee787}.bad{fill:#ff7b72}</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, i) => `<circle cx="${MARGIN + 6 + i * 20}" cy="20" r="6" fill="${fill}"/>`,
    ),
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** Returns the lines of a drawn transcript, as their texts. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => unescaped(text!));
}

function classOf({ kind, text }: Line): string {
  if (kind !== 'output') return kind;
  if (/^\s*✓/.test(text)) return 'good';
  return /^\s*✗|^protector:/.test(text) ? 'bad' : kind;
}

const ENTITIES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
] as const;

function escaped(text: string): string {
  return ENTITIES.reduce((done, [character, entity]) => done.replaceAll(character, entity), text);
}

function unescaped(text: string): string {
  return ENTITIES.toReversed().reduce((done, [character, entity]) => done.replaceAll(entity, character), text);
}
