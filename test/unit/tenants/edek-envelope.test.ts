import { describe, expect, test } from '@jest/globals';
import { readEnvelope, writeEnvelope } from '../../../lib/tenants/edek-envelope.ts';

const data = Buffer.from('data');
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const DATA = '0a 04 64617461';

describe('the message that holds an EDEK', () => {
  test.each<[number, string]>([
    [1, `0a 08 ${DATA} 10 01`],
    [127, `0a 08 ${DATA} 10 7f`],
    [300, `0a 09 ${DATA} 10 ac02`],
    [0x7fffffff, `0a 0c ${DATA} 10 ffffffff07`],
    // A negative int32 has ten bytes.
    [0x80000000, `0a 11 ${DATA} 10 80808080f8ffffffff01`],
    [0xffffffff, `0a 11 ${DATA} 10 ffffffffffffffffff01`],
  ])('of configuration %d is %s', (configuration, hex) => {
    expect(Buffer.from(writeEnvelope({ configuration, data })).toString('hex')).toBe(hex.replaceAll(' ', ''));
    expect(readEnvelope(bytes(hex))).toEqual({ configuration, data });
  });

  test.each([
    ['with the tenant that a client has written into it', `0a 0d ${DATA} 10 01 32 03 616263`],
    ['with its fields in another order', `0a 08 10 01 ${DATA}`],
  ])('is read %s', (_, hex) => {
    expect(readEnvelope(bytes(hex))).toEqual({ configuration: 1, data });
  });

  test('is read when its length takes more than one byte', () => {
    const long = Buffer.alloc(300, 7);
    expect(readEnvelope(writeEnvelope({ configuration: 1, data: long }))).toEqual({ configuration: 1, data: long });
  });

  test.each([
    ['nothing', ''],
    ['a tag alone', '0a'],
    ['another field', `12 08 ${DATA} 10 01`],
    ['two of them', `0a 08 ${DATA} 10 01 0a 08 ${DATA} 10 01`],
    ['one that is cut', `0a 08 ${DATA} 10`],
    ['one with more behind', `0a 08 ${DATA} 10 01 00`],
    ['one without data', '0a 02 10 01'],
    ['one without a configuration', `0a 06 ${DATA}`],
    ['one with two data', `0a 0e ${DATA} ${DATA} 10 01`],
    ['one with a field of leases', `0a 0a ${DATA} 10 01 18 01`],
    ['one with a longer number than it has', `0a 09 ${DATA} 10 8100`],
    ['one whose number has no end', `0a 11 ${DATA} 10 ffffffffffffffffffff`],
    ['one whose number has more than 32 bits', `0a 0c ${DATA} 10 8180808010`],
    ['a length beyond its end', `0a ff7f ${DATA} 10 01`],
  ])('is refused if it is %s', (_, hex) => {
    expect(() => readEnvelope(bytes(hex))).toThrow(expect.objectContaining({ code: 'INVALID_PROVIDED_EDEK' }));
  });
});
