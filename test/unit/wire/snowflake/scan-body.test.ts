import { describe, expect, test } from '@jest/globals';
import { scanBody } from '../../../../lib/wire/snowflake/scan-body.ts';

const scanned = (text: string) => scanBody(Buffer.from(`{"data":[[0,"${text}"]]}`))?.cells();

describe('an escape in a body', () => {
  test.each(['0041', '00af', '00AF', 'd83d\\ude00'])('is read in hexadecimal digits of either case: %s', (digits) => {
    expect(scanned(`\\u${digits}`)).toEqual([JSON.parse(`"\\u${digits}"`)]);
  });

  test.each(['00g0', '00G0', '00`0', '00@0', '00:0', '00/0', '00 0', '00"0'])(
    'is left to the general parser with the digits %j',
    (digits) => {
      expect(scanned(`\\u${digits}`)).toBeUndefined();
    },
  );
});
