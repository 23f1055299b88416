import { describe, expect, test } from '@jest/globals';
import { applyMask, maskSetting } from '../../../lib/policy/mask.ts';
import type { MaskDefinition } from '../../../lib/policy/elements/parts.ts';

const mask = (mode: 'clear' | 'mask', fromLeft: number, fromRight: number, character = '*'): MaskDefinition => ({
  mode,
  fromLeft,
  fromRight,
  character,
});

describe('a mask', () => {
  test.each([
    ['keeps the ends of a card', mask('clear', 6, 4), '1234567890123456', '123456******3456'],
    ['keeps the ends of a card', mask('mask', 6, 4), '1234567890123456', '******789012****'],
    ['counts delimiters as positions', mask('clear', 6, 4), '123-12-1234', '123-12*1234'],
    ['counts delimiters as positions', mask('mask', 6, 4), '123-12-1234', '******-****'],
    ['keeps the ends', mask('clear', 1, 1), '12345', '1***5'],
    ['masks the ends', mask('mask', 1, 1), '12345', '*234*'],
    ['masks everything when no end stays clear', mask('clear', 0, 0), 'abc', '***'],
    ['masks nothing when no end is masked', mask('mask', 0, 0), 'abc', 'abc'],
    ['masks a value as long as its ends whole', mask('clear', 2, 3), '12345', '*****'],
    ['masks a value as long as its ends whole', mask('mask', 2, 3), '12345', '*****'],
    ['masks a shorter value whole', mask('clear', 6, 4), '1', '*'],
    ['leaves one character between the ends', mask('mask', 2, 3), '123456', '**3***'],
    ['counts code points', mask('clear', 1, 1), '😀é😁x😂', '😀***😂'],
    ['counts code points', mask('mask', 1, 1), '😀é😁x😂', '*é😁x*'],
    ['counts a lone surrogate as one character', mask('clear', 1, 0), 'a\ud83db', 'a**'],
    ['uses another mask character', mask('clear', 1, 1, '█'), '12345', '1███5'],
    ['uses a mask character of two UTF-16 units', mask('clear', 1, 1, '🂠'), '1234', '1🂠🂠4'],
  ])('%s: %j', (_, definition, value, masked) => {
    expect(applyMask(definition, [value])).toEqual([masked]);
  });

  test('leaves null and the empty text, and turns numbers and booleans into null', () => {
    expect(applyMask(mask('clear', 1, 1), [null, '', 12345, 0, true, 'abc'])).toEqual([
      null,
      '',
      null,
      null,
      null,
      'a*c',
    ]);
  });

  test('is written as its settings', () => {
    expect(maskSetting(mask('clear', 6, 4))).toBe('left=6,right=4,mode=clear,char=*');
    expect(maskSetting(mask('mask', 0, 12, '#'))).toBe('left=0,right=12,mode=mask,char=#');
  });
});
