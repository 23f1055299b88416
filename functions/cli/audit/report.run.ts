import { type UsageReport, UsageSummary } from '../../../lib/audit/report.ts';
import { type RecordRow, recordRow } from '../../../lib/console/trail-row.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { RecordSource } from '../options.ts';
import { table } from '../output/table.ts';
import { count, done, print, printJson, quantity, styled } from '../output/text.ts';
import { AuditRecords, endOf, type LeftOut, sayLeftOut } from '../trail/records.ts';

interface ReportOutput {
  readonly json: boolean;
  /** Where the page is written. */
  readonly html: string | undefined;
}

/**
 * Reports who unprotected what, how much, what stayed clear, and what was refused. Records that do not verify are in a report apart. Without record keys
 * nothing is verified, and the report says so.
 */
export async function reportUsage(source: RecordSource, { json, html }: ReportOutput, io: Io): Promise<ExitCode> {
  const records = await AuditRecords.open(source);
  const { checksumsVerified } = records.leftOut;
  const summary = new UsageSummary();
  const apart = new UsageSummary();
  const rows: RecordRow[] = [];
  for await (const { record, row, isVerified } of records) {
    (isVerified || !checksumsVerified ? summary : apart).add(record);
    if (html !== undefined && (isVerified || !checksumsVerified)) rows.push(recordRow(row));
  }
  const { leftOut } = records;
  const unverified = checksumsVerified && leftOut.unverified > 0 ? apart.report() : undefined;
  if (html !== undefined) {
    const { writeHtmlReport } = await import('../console/html-report.ts');
    await writeHtmlReport(html, source, rows, leftOut, io);
    print(io, done(io, html));
  } else if (json) printJson(io, { ...summary.report(), ...toJson(leftOut), ...(unverified && { unverified }) });
  else {
    if (!checksumsVerified && leftOut.unverified > 0)
      print(io, styled(io.stdout, 'red', 'Not verified: these are what the records claim.'));
    show(io, summary.report());
    if (unverified !== undefined) showApart(io, unverified);
  }
  sayLeftOut(io, leftOut);
  return endOf(leftOut);
}

function toJson({ checksumsVerified, unverified, ...left }: LeftOut): object {
  return { verified: checksumsVerified, ...left, unverifiedRecords: unverified };
}

function showApart(io: Io, report: UsageReport): void {
  print(io);
  print(io, styled(io.stdout, 'red', 'Not verified, and in no sum above'));
  show(io, report);
}

function show(io: Io, report: UsageReport): void {
  const { unprotected, refused, values, withheld } = report;
  const elements = new Set(unprotected.map(({ element }) => element)).size;
  if (report.firstTime === undefined) return print(io, 'No audit record in this range.');
  print(io, `${quantity(report.records, 'record')} from ${report.firstTime} to ${report.lastTime}.`);
  print(
    io,
    `${quantity(people(unprotected), 'user')} unprotected ${quantity(values.Unprotect, 'value')} of ` +
      `${quantity(elements, 'data element')}; ${quantity(values.Protect, 'value')} protected, ` +
      `${count(values.Reprotect)} reprotected${values.Check === 0 ? '' : `, ${count(values.Check)} checked`}.`,
  );
  const attempts = refused.reduce((sum, one) => sum + one.attempts, 0);
  print(io, `${quantity(attempts, 'attempt')} of ${quantity(people(refused), 'user')} did not get what was asked for.`);
  if (withheld > 0)
    print(io, `Answers with ${quantity(withheld, 'value')} were withheld because their record was not durable.`);

  section(io, 'Who unprotected what', unprotected, ['user', 'element', 'values', 'records', 'first', 'last'], (one) => [
    one.user,
    one.element,
    count(one.values),
    count(one.records),
    one.firstTime,
    one.lastTime,
  ]);
  section(
    io,
    'Uses of break-glass roles',
    report.breakGlass,
    ['user', 'operation', 'element', 'uses', 'values', 'first', 'last'],
    (one) => [one.user, one.operation, one.element, count(one.uses), count(one.values), one.firstTime, one.lastTime],
  );
  section(
    io,
    'What stayed clear when it was protected',
    report.leftClear,
    ['element', 'values', 'of', 'parts of the others'],
    (one) => [one.element, count(one.values), count(one.ofValues), one.parts ? 'stayed clear' : ''],
  );
  section(
    io,
    'What was refused',
    refused,
    ['user', 'operation', 'element', 'attempts', 'values', 'why', 'answered'],
    (one) => [
      one.user,
      one.operation,
      one.element,
      count(one.attempts),
      count(one.values),
      `${one.code}: ${one.reason}`,
      one.substituted ? 'with a substitute' : 'with an error',
    ],
  );
}

function section<Row>(
  io: Io,
  title: string,
  rows: readonly Row[],
  head: readonly string[],
  cells: (row: Row) => readonly string[],
): void {
  if (rows.length === 0) return;
  print(io);
  print(io, styled(io.stdout, 'bold', title));
  print(io, table(io.stdout, head, rows.map(cells), 60));
}

function people(list: readonly { readonly user: string }[]): number {
  return new Set(list.map(({ user }) => user)).size;
}
