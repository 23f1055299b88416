import { describe, expect, test } from '@jest/globals';
import { type LogSource, readQuery, savedQueries } from '../../infra/observability/queries.ts';
import { AUDIT_CODES, DISCLOSING_CODES } from '../../lib/audit/codes.ts';
import { AUDIT_RECORD_FIELDS, LOG_FIELDS } from '../../lib/contract/records.ts';
import {
  DELIVERY_DIMENSIONS,
  KEY_DIMENSIONS,
  METRIC_DIMENSION,
  METRICS,
  REQUEST_DIMENSIONS,
} from '../../lib/contract/metrics.ts';
import { checkQuery } from '../support/logs-insights.ts';

/** The members of lines in a function's log: those of the application log, and those of metrics. */
const FUNCTION_LOG = [
  ...LOG_FIELDS,
  ...Object.keys(METRICS),
  METRIC_DIMENSION,
  ...REQUEST_DIMENSIONS,
  ...KEY_DIMENSIONS,
  ...DELIVERY_DIMENSIONS,
];

const fieldsOf = (source: LogSource): readonly string[] => (source === 'audit' ? AUDIT_RECORD_FIELDS : FUNCTION_LOG);

describe('the saved queries', () => {
  const queries = savedQueries();

  test('ask at least 15 different questions', () => {
    expect(queries.length).toBeGreaterThanOrEqual(15);
    expect(new Set(queries.map(({ question }) => question)).size).toBe(queries.length);
  });

  test.each(queries)('$name: is valid, and reads fields that its log lines have', ({ text, sources }) => {
    for (const source of sources) expect(checkQuery(text, fieldsOf(source)).length).toBeGreaterThan(0);
  });

  test.each(queries)('$name: fits into a query definition', ({ name, text, parameters }) => {
    expect(text.length).toBeLessThanOrEqual(10_000);
    expect(`protector/${name}`.length).toBeLessThanOrEqual(255);
    for (const { defaultValue, description } of parameters) {
      expect(defaultValue.length).toBeLessThanOrEqual(1024);
      expect(description.length).toBeLessThanOrEqual(512);
    }
  });

  test('compare with existing codes, levels, operations and record types only', () => {
    const words = {
      'protection.audit_code': [...AUDIT_CODES.keys()].map(String),
      level: ['SUCCESS', 'WARNING', 'ERROR', 'EXCEPTION', 'INFO', 'WARN'].map((word) => JSON.stringify(word)),
      'protection.operation': ['"Protect"', '"Unprotect"', '"Reprotect"'],
      logtype: ['"Protection"', '"Policy"'],
    };
    let seen = 0;
    for (const { text } of queries) {
      for (const [, field, list, one] of text.matchAll(/([\w.]+) (?:in \[(.*?)\]|= (\d+|".*?"))/g)) {
        const known = words[field as keyof typeof words];
        if (known === undefined) continue;
        for (const value of list?.split(', ') ?? [one])
          expect([field, known]).toEqual([field, expect.arrayContaining([value])]);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(queries.length);
  });

  test('count values under every code that reports them', () => {
    const codes = Object.fromEntries(
      queries.map(({ name, text }) => [name, /protection\.audit_code in (\[.*?\])/.exec(text)?.[1]]),
    );
    const reporting = [...DISCLOSING_CODES];
    expect(codes['volume-by-element-and-hour']).toBe(`[${reporting.join(', ')}]`);
    // 8 and 11 are unprotect.
    expect(codes['values-left-clear']).toBe(`[${reporting.filter((code) => code !== 8 && code !== 11).join(', ')}]`);
  });

  test('answer the first questions of operations', () => {
    const names = queries.map(({ name }) => name);
    const needed = ['who-unprotected-an-element', 'refusals-by-user', 'volume-by-element-and-hour', 'unusual-users'];
    const more = [
      'values-left-clear',
      'errors-by-code',
      'story-of-a-query',
      'chain-gaps',
      'policy-versions-in-use',
      'forwarder-lag',
    ];
    expect(names).toEqual(expect.arrayContaining([...needed, ...more]));
  });
});

describe('the head of a query', () => {
  const BODY = 'filter cnt > 0';

  test.each([
    ['no question', `# Who did it\n# Logs: audit\n${BODY}`],
    ['no comment', BODY],
    ['no logs', `# Who did it?\n${BODY}`],
    ['unknown logs', `# Who did it?\n# Logs: audit, elsewhere\n${BODY}`],
    ['an undeclared placeholder', `# Who did it?\n# Logs: audit\nfilter cnt > {{least}}`],
    ['a schedule of another form', `# Who did it?\n# Logs: audit\n# Schedule: daily\n${BODY}`],
    [
      'a schedule and a parameter',
      `# Who did it?\n# Logs: audit\n# Parameter: least = 1 (how many)\n# Schedule: cron(0 6 * * ? *), over 1 days\nfilter cnt > {{least}}`,
    ],
    ['an unused parameter', `# Who did it?\n# Logs: audit\n# Parameter: least = 1 (how many)\n${BODY}`],
  ])('with %s is refused, and the query named', (_, text) => {
    expect(() => readQuery('odd', text)).toThrow(/^odd: /);
  });
});

describe('the check of the language', () => {
  const KNOWN = ['cnt', 'level', 'protection.policy_user'];

  test.each([
    ['filter cnt > 0 and not (level = "ERROR" or ispresent(cnt)) | limit 5', ['cnt', 'level']],
    ['fields cnt * 2 ^ 3 - 1 as x | filter x >= 7 | sort x desc, cnt asc', ['cnt']],
    [
      'stats max(cnt) as a, min(cnt) as b, a - b + 1 as c by bin(5m), level | filter c != 0 and level in ["A", "B"]',
      ['cnt', 'level'],
    ],
    ['stats sum(cnt) / 7 as week by protection.policy_user as user | sort user', ['cnt', 'protection.policy_user']],
    [
      'fields `protection.policy_user` # a comment with | and "quotes"\n| dedup level',
      ['protection.policy_user', 'level'],
    ],
  ])('accepts %s', (query, read) => {
    expect(checkQuery(query, KNOWN)).toEqual(read);
  });

  test.each([
    ['SYNTAX', 'filter cnt >'],
    ['SYNTAX', 'filter cnt > 0 |'],
    ['SYNTAX', 'filter cnt > 0 limit 5'],
    ['SYNTAX', 'filter level in []'],
    ['SYNTAX', 'filter level in [cnt]'],
    ['SYNTAX', 'filter (cnt > 0'],
    ['SYNTAX', 'filter level = "ERROR'],
    ['SYNTAX', 'filter cnt == 1'],
    ['SYNTAX', 'filter cnt > 0; limit 5'],
    ['UNKNOWN_COMMAND', 'where cnt > 0'],
    ['UNKNOWN_FUNCTION', 'fields if(cnt, 1, 2)'],
    ['ARGUMENTS', 'fields floor(cnt, 2)'],
    ['ARGUMENTS', 'fields now(1)'],
    ['ARGUMENTS', 'stats max(sum(cnt))'],
    ['UNKNOWN_FIELD', 'filter count > 0'],
    ['UNKNOWN_FIELD', 'stats sum(cnt) as n by level | sort cnt'],
    ['UNKNOWN_FIELD', 'stats sum(cnt) as n by bin(1h) | filter protection.policy_user = "x"'],
    ['NOT_BOOLEAN', 'filter cnt'],
    ['NOT_BOOLEAN', 'filter cnt > 0 and level'],
    ['NOT_BOOLEAN', 'fields (cnt > 0) * 2 as x'],
    ['NOT_AGGREGATED', 'stats cnt by level'],
    ['NOT_AGGREGATED', 'stats sum(cnt) - cnt as x by level'],
    ['NOT_AGGREGATED', 'stats count(*) by sum(cnt)'],
    ['PERIOD', 'stats count(*) by bin(300s)'],
  ])('refuses with %s: %s', (code, query) => {
    expect(() => checkQuery(query, KNOWN)).toThrow(expect.objectContaining({ code }));
  });
});
