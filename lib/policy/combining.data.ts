// Characters that combine with the one before them without being sorted. FROZEN: which tokens are walked over depends on it.
//
// Derived from the properties of Unicode 17.0 by test/support/script-alphabets.ts: the marks without a combining class, and
// the vowels and finals of Hangul, which compose with the letter before them.

/** Code points in hexadecimal, `41` or `41-5A`; `@41` is the kind of kinds.data.ts that begins with this one. */
export const COMBINING = `
  @7A6 @900 @981 @A01 @A81 @B01 @B82 @C00 @C81 @D00 @D81 @E31 @EB1 @F3E @102B @17B6 @1920 @1A55 @1ABE @1B00 @1B80
  @1BE7 @1C24 @A802 @A880 @A926 @A947 @A980 @AA29 @AAEB @10A01 @11000 @11080 @11128 @11180 @1122C @112DF @11300
  @11435 @114B1 @115B0 @11630 @116AB @1171D @1182C @11931 @119D1 @11A01 @11A51 @11C2F @11C92 @11D31 @11D8A @11F00
  @13440 @16F4F @1CF00 @1DA00 34F 488-489 9BE 9D7 B3E B56-B57 BBE BD7 CC2 CD5-CD6 D3E D57 DCF DDF 102E 1161-1175
  11A8-11C2 1712-1713 1732-1733 1752-1753 1772-1773 17B4-17B5 180B-180D 180F 1885-1886 1A19-1A1B 1B35 1CE1 1CF7
  A670-A672 FE00-FE0F 10EFC 11127 1133E 11357 113B8-113C0 113C2 113C9-113CA 113CC-113CD 113D2 113E1-113E2
  114B0-114BD 115AF 11930 11EF3-11EF6 1611E-1612E 16D67 16FE4 1BC9D E0100-E01EF`;
