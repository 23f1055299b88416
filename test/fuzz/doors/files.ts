// Files of others: rows of CSV, documents of JSON lines, footers of Parquet. What is not a value must come out as it went in.
import { Readable } from 'node:stream';
import type { Dialect } from '../../../lib/files/csv/dialect.ts';
import { csvFormat } from '../../../lib/files/csv/format.ts';
import { readCsvHeader } from '../../../lib/files/csv/header.ts';
import { readJournal } from '../../../lib/files/journal.ts';
import { jsonFormat } from '../../../lib/files/json/format.ts';
import { pathTree } from '../../../lib/files/json/paths.ts';
import { resultFiles, sumResults } from '../../../lib/files/objects/results.ts';
import { readFooter, writeFooter } from '../../../lib/files/parquet/footer.ts';
import { partFile, runsOfGroups } from '../../../lib/files/parquet/parts.ts';
import { rowGroupOf } from '../../../lib/files/parquet/splice.ts';
import { writeStruct } from '../../../lib/files/parquet/thrift.ts';
import { type TextFormat, TextPieces } from '../../../lib/files/text-piece.ts';
import { changing, sampleFooter } from '../../support/files.ts';
import { type Door, MARKER, type Passed, parser } from './door.ts';

const DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  comment: '#',
  skip: 0,
  header: true,
  nulls: ['NA'],
};

/** Sends all rows through, unchanged. Throws where the output is another than the input without its rejected rows. */
async function unchanged(format: TextFormat, input: Buffer, columns: number): Promise<Passed> {
  const bytes = new Uint8Array(input.length + 1);
  bytes.set(input);
  const pieces = new TextPieces(
    format,
    changing(columns, (text) => text),
    columns,
    true,
  );
  const { bytes: out, rejects, rows } = await pieces.run(bytes, input.length);
  if (rejects.length === 0 && !Buffer.from(out).equals(input)) throw new Error('Bytes beside the values changed');
  return { taken: rows > rejects.length, shown: JSON.stringify(rejects) };
}

/** A door whose rows are rejected or taken, and whose rejects are shown. */
function rowsDoor(name: string, seeds: readonly string[], enter: (input: Buffer) => Promise<Passed>): Door {
  return { name, form: 'bytes', open: () => ({ seeds, enter }) };
}

export const FILES: readonly Door[] = [
  rowsDoor('CSV rows', [`id,ssn,note\n1,${MARKER},x\n2,"${MARKER}, ""b""",y\r\n#c\n\n3,NA,""\n`], async (input) => {
    const bytes = new Uint8Array(input.length + 1);
    bytes.set(input);
    const { prefix, names } = readCsvHeader(bytes, input.length, true, DIALECT);
    const columnOf = new Int16Array(names.length).fill(-1);
    columnOf[1] = 0;
    return unchanged(csvFormat(DIALECT, { fields: names.length, columnOf }), input.subarray(prefix), 1);
  }),
  rowsDoor(
    'JSON lines',
    [`{"id":1,"a":{"ssn":"${MARKER}"},"items":[{"card":"${MARKER}"},{"card":1.50}]}\n{"a":{"s\\u0073n":null}}\n`],
    (input) => unchanged(jsonFormat(pathTree(['$.a.ssn', '$.items[*].card'])), input, 2),
  ),
  parser(
    'footer of Parquet',
    'bytes',
    () => [sampleFooter()],
    (input) => {
      const footer = readFooter(input);
      for (const group of footer.groups) {
        writeStruct(
          rowGroupOf(
            group,
            group.rows,
            group.chunks.map((chunk) => ({ from: 'source', chunk }) as const),
          ),
        );
      }
      writeFooter(footer, footer.schema, []);
      for (const run of runsOfGroups(footer, 1)) partFile(footer, run, 2 ** 20);
    },
  ),
  parser(
    'results of a run',
    'text',
    () => {
      const outcome = { is: 'refused', key: 'people/a.csv', refusal: { code: 'FILES_DAMAGED', reason: 'cut off' } };
      return [
        '{"ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[{"Key":"results/x/SUCCEEDED_0.json","Size":25}]}}',
        JSON.stringify([{ Status: 'SUCCEEDED', Output: JSON.stringify(outcome) }]),
        JSON.stringify([{ Output: JSON.stringify({ is: 'protected', rows: 2, values: 4, rejected: 1 }) }]),
      ];
    },
    async (input) => {
      if (input.includes('ResultFiles')) return resultFiles(input);
      return sumResults(Readable.from([input]));
    },
  ),
  parser(
    'journal of a job',
    'text',
    () => [
      '{"is":"job","format":1,"request":"x","policyVersion":"1"}\n{"is":"file","file":0,"id":"a"}\n{"is":"piece","file":0,"piece":0,"rows":2,"inputEnd":9,"outputEnd":9,"entries":[{"count":1}],"rejects":[{"row":1,"column":0,"code":"A","reason":"b"}],"seen":[2]}\n{"is":"recording","file":0}',
    ],
    (input) => readJournal(input.toString().split('\n')),
  ),
];
