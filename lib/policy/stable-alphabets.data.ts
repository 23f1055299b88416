// Alphabets whose tokens are stable under normalisation. FROZEN: a symbol's numeral is its rank, so one code point more
// makes every token of an element over that alphabet unreadable. A newer Unicode version gets new names.
//
// Derived from the properties of Unicode 17.0 by test/support/script-alphabets.ts: of each script in living use (Unicode
// Standard Annex 31: Recommended and Limited Use, with Coptic and Mongolian), the letters by Script_Extensions and the
// marks by Script, each equal to its own NFC form, without default-ignorable characters, letters in presentation and
// mathematical forms, and marks of recitation, chant, music and church.

/**
 * The letters of scripts. Code points in hexadecimal, `41` or `41-5A`; `@41` is the kind of kinds.data.ts that begins
 * with this one.
 */
export const STABLE_LETTERS = {
  adlam: '@1E900 @1E922 @1E944 1E94A',
  arabic: '@620 @66E @750 @870 @10EC2 64B-65F 670',
  armenian: '@531 @559',
  balinese: '@1B00 @1B05 1B34-1B35 1B44',
  bamum: '@A6A0 @16800 A6F0-A6F1',
  batak: '@1BC0 @1BE7 1BE6 1BF2-1BF3',
  bengali: '@980 @981 9BC 9BE 9CD 9D7 9FE',
  bopomofo: '@3105 @31A0 2C7 2C9-2CB',
  'canadian aboriginal': '@1401 @11AB0',
  chakma: '@11103 @11128 11100-11102 11127 11133-11134',
  cham: '@AA00 @AA29',
  cherokee: '@13A0 @13F8 @AB70',
  coptic: '@3E2 @3E3 @2C80 @2C81',
  cyrillic: '@400 @410 @430 @450 @460 @461 @1C80 @1C89 @1D2B @1E030',
  devanagari: '@900 @904 @A8F2 93C 94D',
  ethiopic: '@1200 @1E7E0 135D-135F',
  georgian: '@10A0 @10D0 @1C90',
  greek: '@370 @371 @1D26 @1D5D @1F00 @1F08',
  gujarati: '@A81 @A85 ABC ACD',
  gurmukhi: '@A01 @A05 A3C A4D',
  hangul: '@1100 @3131 @AC00 1161-1175 11A8-11C2 302E-302F',
  'hanifi rohingya': '@10D00 10D24-10D27',
  hebrew: '@5D0 5B0-5BD 5BF 5C1-5C2 5C7',
  hiragana: '@3041 @1B001 3031-3035 303C 30FC',
  javanese: '@A980 @A984 A9B3 A9C0 A9CF',
  kannada: '@C80 @C81 CBC CC2 CCD CD5-CD6',
  katakana: '@30A1 @31F0 @1AFF0 3031-3035 303C',
  'kayah li': '@A90A @A926 A92B-A92D',
  khmer: '@1780 @17B6 17D2 17DD',
  lao: '@E81 @EB1 EB8-EBA EC8-ECB',
  latin: `
    @41 @61 @AA @C0 @DF @100 @101 @180 @181 @1BB @250 @1D00 @1E00 @1E01 @2071 @2C60 @2C61 @A722 @A723 @A770 @AB30
    @AB5C @10780 @1DF00 2C7 2C9-2CB 2CD 1D2C-1D5C 1D62-1D65 1D9B-1DBE 2183-2184 2C7C-2C7D`,
  lepcha: '@1C00 @1C24 1C37',
  limbu: '@1900 @1920 1939-193B',
  lisu: '@A4D0 2CD 11FB0',
  malayalam: '@D00 @D04 D3B-D3C D3E D4D D57',
  mandaic: '@840 859-85B',
  'meetei mayek': '@AAE0 @AAEB AAF6 ABED',
  miao: '@16F00 @16F4F',
  mongolian: '@1820 1885-1886 18A9',
  myanmar: '@1000 @102B 102E 1037 1039-103A 108D',
  'new tai lue': '@1980',
  newa: '@11400 @11435 11442 11446 1145E',
  nko: '@7CA @7EB 7F2 7FD',
  'nyiakeng puachue hmong': '@1E100 @1E130',
  'ol chiki': '@1C5A',
  oriya: '@B01 @B05 B3C B3E B4D B56-B57',
  osage: '@104B0 @104D8',
  saurashtra: '@A880 @A882 A8C4',
  sinhala: '@D81 @D85 DCA DCF DDF',
  sundanese: '@1B80 @1B83 1BAA-1BAB',
  'syloti nagri': '@A800 @A802 A806 A82C',
  syriac: '@710 @730 @731 @860 711',
  'tai le': '@1950',
  'tai tham': '@1A20 @1A55 @1A75 1A60 1A7F',
  'tai viet': '@AA80 @AAB0 AAB4',
  tamil: '@B82 @B83 BBE BCD BD7 A8F3',
  telugu: '@C00 @C05 C3C C4D C55-C56',
  thaana: '@780 @7A6',
  thai: '@E01 @E31 E38-E3A E48-E4B',
  tibetan: '@F00 @F3E @F72 F39 F71 F74 F82-F84',
  tifinagh: '@2D30 2D7F',
  vai: '@A500',
  wancho: '@1E2C0 1E2EC-1E2EF',
  yi: '@A000',
} as const;

/** Other alphabets, by name. */
export const STABLE_OTHERS = {
  'han and extension B': '@3005 @FA0E 3006-3007 303C 20000-2A6DF',
  'han and other extensions': '@3005 @3400 @FA0E @2A700 @30000 3006-3007 303C',
  'decimal digits': `
    @30 @660 @6F0 @7C0 @966 @9E6 @A66 @AE6 @B66 @BE6 @C66 @CE6 @D66 @DE6 @E50 @ED0 @F20 @1040 @1090 @17E0 @1810
    @1946 @19D0 @1A80 @1A90 @1B50 @1BB0 @1C40 @1C50 @A620 @A8D0 @A900 @A9D0 @A9F0 @AA50 @ABF0 @FF10 @104A0 @10D30
    @11066 @110F0 @11136 @111D0 @112F0 @11450 @114D0 @11650 @116C0 @116D0 @116DA @11730 @118E0 @11950 @11C50 @11D50
    @11DA0 @11F50 @16A60 @16AC0 @16B50 @1CCF0 @1D7CE @1D7D8 @1D7E2 @1D7EC @1D7F6 @1E140 @1E2F0 @1E4F0 @1E950 @1FBF0
    10D40-10D49 11BF0-11BF9 11DE0-11DE9 16130-16139 16D70-16D79 1E5F1-1E5FA`,
  'half and full width letters': '@FF21 @FF41 @FF66 @FFA1',
  'arabic presentation forms': '@FB50 @FE70',
} as const;
