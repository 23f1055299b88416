import { describe, expect, test } from '@jest/globals';
import { withWholeFiles } from '../../../lib/local/whole-files.ts';

describe('COPY to a file', () => {
  test.each([
    ["copy t to 'x.parquet'", "copy t to 'x.parquet' (use_tmp_file true)"],
    ["COPY (select 1) TO 'x.csv';", "COPY (select 1) TO 'x.csv' (use_tmp_file true);"],
    ["copy t to 'x.csv' (header false)", "copy t to 'x.csv' (use_tmp_file true, header false)"],
    ["copy t to 'x.csv' with (format csv)", "copy t to 'x.csv' with (use_tmp_file true, format csv)"],
    ["-- to 'a'\ncopy t to 'it''s.csv' -- (", "-- to 'a'\ncopy t to 'it''s.csv' (use_tmp_file true) -- ("],
    [
      "select 1; copy t to 'a'; copy u to 'b'",
      "select 1; copy t to 'a' (use_tmp_file true); copy u to 'b' (use_tmp_file true)",
    ],
    ["copy (select 'a to ''b''' as \"to\") to 'c'", "copy (select 'a to ''b''' as \"to\") to 'c' (use_tmp_file true)"],
    ["copy (select $$;$$) to 'c'", "copy (select $$;$$) to 'c' (use_tmp_file true)"],
  ])('%s writes beside it', (sql, expected) => {
    expect(withWholeFiles(sql)).toBe(expected);
  });

  test.each([
    'select 1',
    "select 'copy t to ''x'''",
    "/* copy t to 'x' */ select 1",
    "copy t from 'x.csv'",
    "copy t to '/dev/stdout'",
    "copy t to 's3://bucket/x.csv'",
    "copy t to 'x' (partition_by (a))",
    "copy t to 'x' (PER_THREAD_OUTPUT)",
    "copy t to 'x' (use_tmp_file false)",
    "copy t to 'unfinished",
    "copy (select ';",
    '',
  ])('leaves %j as it is', (sql) => {
    expect(withWholeFiles(sql)).toBe(sql);
  });
});
