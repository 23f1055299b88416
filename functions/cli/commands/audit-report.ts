import { UsageSummary, type UsageReport } from '../../../lib/audit/report.ts';
import { type AuditSourceOptions, auditRecords, type Reading, sayReading } from '../audit-source.ts';
import { count, print, quantity, styled, table } from '../output.ts';

export interface AuditReportOptions extends AuditSourceOptions {
  readonly json?: boolean;
}

/** `protector audit report`: who unprotected what, how much, and what was refused. */
export async function auditReport(options: AuditReportOptions): Promise<void> {
  const reading: Reading = { malformed: 0, repeated: 0 };
  const summary = new UsageSummary();
  for await (const { record } of auditRecords(options, reading)) summary.add(record);
  const report = summary.report();
  if (options.json === true) print(JSON.stringify({ ...report, ...reading }));
  else show(report);
  sayReading(reading);
}

function show(report: UsageReport): void {
  const { unprotected, refused, values, withheld } = report;
  const elements = new Set(unprotected.map(({ element }) => element)).size;
  if (report.firstTime === undefined) return print('No audit record in this range.');
  print(`${quantity(report.records, 'record')} from ${report.firstTime} to ${report.lastTime}.`);
  print(
    `${quantity(people(unprotected), 'user')} unprotected ${quantity(values.Unprotect, 'value')} of ` +
      `${quantity(elements, 'data element')}; ${quantity(values.Protect, 'value')} protected, ` +
      `${count(values.Reprotect)} reprotected.`,
  );
  const attempts = refused.reduce((sum, one) => sum + one.attempts, 0);
  print(`${quantity(attempts, 'attempt')} of ${quantity(people(refused), 'user')} did not get what was asked for.`);
  if (withheld > 0)
    print(`Answers with ${quantity(withheld, 'value')} were withheld because their record was not durable.`);

  section('Who unprotected what', unprotected, ['user', 'element', 'values', 'records', 'first', 'last'], (one) => [
    one.user,
    one.element,
    count(one.values),
    count(one.records),
    one.firstTime,
    one.lastTime,
  ]);
  section(
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
  title: string,
  rows: readonly Row[],
  head: readonly string[],
  cells: (row: Row) => readonly string[],
): void {
  if (rows.length === 0) return;
  print();
  print(styled('bold', title));
  print(table(head, rows.map(cells), 60));
}

function people(list: readonly { readonly user: string }[]): number {
  return new Set(list.map(({ user }) => user)).size;
}
