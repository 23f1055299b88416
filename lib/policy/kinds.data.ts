// Kinds of characters, of which each is replaced by another of its kind. FROZEN: a character's numeral is its rank in its
// kind, and a kind's number is its place in this list, so any change makes tokens unreadable. A newer version of Unicode
// gets a list of its own, under a new name.
//
// Derived from the properties of Unicode 17.0 by test/support/unicode-kinds.ts: letters, numbers and marks by script,
// area of code points, group and length in UTF-8. Each equals its own NFC form, and none composes with one before it.

/** Code points in hexadecimal, ascending: `41-5A`, `100-136/2` for every second one. */
export const KINDS: readonly string[] = [
  '30-39', // Common 0030 digits, 1 byte
  '41-5A', // Latin basic capitals, 1 byte
  '61-7A', // Latin basic small letters, 1 byte
  'AA BA 294-295 2B0-2B8 2E0-2E4', // Latin phonetic letters, 2 bytes
  'B2-B3 B9 BC-BE', // Common Latin-1 numbers, 2 bytes
  'B5 2B9-2C1 2C6-2D1 2EC 2EE', // Common phonetic letters, 2 bytes
  'C0-D6 D8-DE', // Latin Latin-1 capitals, 2 bytes
  'DF-F6 F8-FF', // Latin Latin-1 small letters, 2 bytes
  '100-136/2 139-147/2 14A-178/2 179-17D/2', // Latin extended A capitals, 2 bytes
  '101-137/2 138-148/2 149-177/2 17A-17E/2 17F', // Latin extended A small letters, 2 bytes
  '180 183 185 188 18C-18D 192 195 199-19B 19E 1A1-1A5/2 1A8 1AA-1AB 1AD 1B0 1B4 1B6 1B9-1BA 1BD-1BF 1C6 1C9 1CC-1DC/2 1DD-1EF/2 1F0 1F3 1F5 1F9-233/2 234-239 23C 23F-240 242 247-24F/2', // Latin extended B small letters, 2 bytes
  '181-182 184 186-187 189-18B 18E-191 193-194 196-198 19C-19D 19F-1A0 1A2-1A6/2 1A7 1A9 1AC 1AE-1AF 1B1-1B3 1B5 1B7-1B8 1BC 1C4-1C5 1C7-1C8 1CA-1CB 1CD-1DB/2 1DE-1EE/2 1F1-1F2 1F4 1F6-1F8 1FA-232/2 23A-23B 23D-23E 241 243-246 248-24E/2', // Latin extended B capitals, 2 bytes
  '1BB 1C0-1C3', // Latin extended B letters, 2 bytes
  '250-293 296-2AF', // Latin phonetic small letters, 2 bytes
  '305 30D-30E 310 312 33D-33F 346 34A-34C 350-352 357 35B 363-36F 485-486', // Inherited class 0300 marks, 2 bytes
  '316-319 31C-320 329-32C 32F 332-333 339-33C 347-349 34D-34E 353-356 359-35A', // Inherited class 0316 marks, 2 bytes
  '370 372 376 37F 386 388-38A 38C 38E-38F 391-3A1 3A3-3AB 3CF 3D2-3D4 3D8-3E0/2 3F4 3F7 3F9-3FA 3FD-3FF', // Greek main capitals, 2 bytes
  '371 373 377 37A-37D 390 3AC-3CE 3D0-3D1 3D5-3D7 3D9-3E1/2 3F0-3F3 3F5 3F8 3FB-3FC', // Greek main small letters, 2 bytes
  '3E2-3EE/2', // Coptic main capitals, 2 bytes
  '3E3-3EF/2', // Coptic main small letters, 2 bytes
  '400-40F', // Cyrillic Slavic capitals, 2 bytes
  '410-42F', // Cyrillic main capitals, 2 bytes
  '430-44F', // Cyrillic main small letters, 2 bytes
  '450-45F', // Cyrillic Slavic small letters, 2 bytes
  '460-480/2 48A-4C0/2 4C1-4CD/2 4D0-52E/2', // Cyrillic extended capitals, 2 bytes
  '461-481/2 48B-4BF/2 4C2-4CE/2 4CF-52F/2', // Cyrillic extended small letters, 2 bytes
  '531-556', // Armenian main capitals, 2 bytes
  '559 560-588', // Armenian main small letters, 2 bytes
  '591 596 59B 5A2-5A7 5AA 5C5', // Hebrew class 0316 marks, 2 bytes
  '592-595 597-599 59C-5A1 5A8-5A9 5AB-5AC 5AF 5C4', // Hebrew class 0300 marks, 2 bytes
  '5D0-5EA 5EF-5F2', // Hebrew main letters, 2 bytes
  '610-617 657-65B 65D-65E 6D6-6DC 6DF-6E2 6E4 6E7-6E8 6EB-6EC', // Arabic class 0300 marks, 2 bytes
  '620-64A', // Arabic main letters, 2 bytes
  '656 65C 65F 6E3 6EA 6ED', // Arabic class 0316 marks, 2 bytes
  '660-669', // Arabic 0660 digits, 2 bytes
  '66E-66F 671-6D3 6D5 6E5-6E6 6EE-6EF 6FA-6FC 6FF', // Arabic extended letters, 2 bytes
  '6F0-6F9', // Arabic 06F0 digits, 2 bytes
  '710 712-72F 74D-74F', // Syriac main letters, 2 bytes
  '730 732-733 735-736 73A 73D 73F-741 743-749/2 74A', // Syriac class 0300 marks, 2 bytes
  '731 734 737-739 73B-73C 73E 742-748/2', // Syriac class 0316 marks, 2 bytes
  '750-77F', // Arabic supplement letters, 2 bytes
  '780-7A5 7B1', // Thaana main letters, 2 bytes
  '7A6-7B0', // Thaana class 0 marks, 2 bytes
  '7C0-7C9', // Nko 07C0 digits, 2 bytes
  '7CA-7EA 7F4-7F5 7FA', // Nko main letters, 2 bytes
  '7EB-7F1 7F3', // Nko class 0300 marks, 2 bytes
  '800-815 81A 824 828', // Samaritan main letters, 3 bytes
  '816-819 81B-823 825-827 829-82D', // Samaritan class 0300 marks, 3 bytes
  '840-858', // Mandaic main letters, 3 bytes
  '860-86A', // Syriac main letters, 3 bytes
  '870-887 889-88F 8A0-8C9', // Arabic main letters, 3 bytes
  '897-898 89C-89F 8CA-8CE 8D4-8E1 8E4-8E5 8E7-8E8 8EA-8EC 8F3-8F5 8F7-8F8 8FB-8FF', // Arabic class 0300 marks, 3 bytes
  '899-89B 8CF-8D3 8E3 8E6 8E9 8ED-8EF 8F6 8F9-8FA', // Arabic class 0316 marks, 3 bytes
  '900-903 93A-93B 93E-94C 94E-94F 955-957 962-963 A8FF', // Devanagari class 0 marks, 3 bytes
  '904-939 93D 950 960-961 971-97F', // Devanagari main letters, 3 bytes
  '951 953-954 1AB0-1AB4 1ABB-1ABC 1AC1-1AC2 1AC5-1AC9 1ACB-1ADC 1AE0-1AE5 1AE7-1AEA 1CD0-1CD2 1CDA-1CDB 1CE0 1CF4 1CF8-1CF9 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC 1DD1-1DF5 1DFB 1DFE 20D0-20D1 20D4-20D7 20DB-20DC 20E1 20E7 20E9 20F0 FE20-FE26', // Inherited class 0300 marks, 3 bytes
  '952 1AB5-1ABA 1ABD 1ABF-1AC0 1AC3-1AC4 1ACA 1ADD 1AE6 1CD5-1CD9 1CDC-1CDF 1CED 1DC2 1DCA 1DCF 1DF9 1DFD 1DFF 20E8 20EC-20EF FE27-FE2D', // Inherited class 0316 marks, 3 bytes
  '966-96F', // Devanagari 0966 digits, 3 bytes
  '980 985-98C 98F-990 993-9A8 9AA-9B0 9B2 9B6-9B9 9BD 9CE 9E0-9E1 9F0-9F1 9FC', // Bengali main letters, 3 bytes
  '981-983 9BF-9C4 9C7-9C8 9CB-9CC 9E2-9E3', // Bengali class 0 marks, 3 bytes
  '9E6-9EF', // Bengali 09E6 digits, 3 bytes
  '9F4-9F9', // Bengali main numbers, 3 bytes
  'A01-A03 A3E-A42 A47-A48 A4B-A4C A51 A70-A71 A75', // Gurmukhi class 0 marks, 3 bytes
  'A05-A0A A0F-A10 A13-A28 A2A-A30 A32 A35 A38-A39 A5C A72-A74', // Gurmukhi main letters, 3 bytes
  'A66-A6F', // Gurmukhi 0A66 digits, 3 bytes
  'A81-A83 ABE-AC5 AC7-AC9 ACB-ACC AE2-AE3 AFA-AFF', // Gujarati class 0 marks, 3 bytes
  'A85-A8D A8F-A91 A93-AA8 AAA-AB0 AB2-AB3 AB5-AB9 ABD AD0 AE0-AE1 AF9', // Gujarati main letters, 3 bytes
  'AE6-AEF', // Gujarati 0AE6 digits, 3 bytes
  'B01-B03 B3F-B44 B47-B48 B4B-B4C B55 B62-B63', // Oriya class 0 marks, 3 bytes
  'B05-B0C B0F-B10 B13-B28 B2A-B30 B32-B33 B35-B39 B3D B5F-B61 B71', // Oriya main letters, 3 bytes
  'B66-B6F', // Oriya 0B66 digits, 3 bytes
  'B72-B77', // Oriya main numbers, 3 bytes
  'B82 BBF-BC2 BC6-BC8 BCA-BCC', // Tamil class 0 marks, 3 bytes
  'B83 B85-B8A B8E-B90 B92-B95 B99-B9A B9C B9E-B9F BA3-BA4 BA8-BAA BAE-BB9 BD0', // Tamil main letters, 3 bytes
  'BE6-BEF', // Tamil 0BE6 digits, 3 bytes
  'C00-C04 C3E-C44 C46-C48 C4A-C4C C62-C63', // Telugu class 0 marks, 3 bytes
  'C05-C0C C0E-C10 C12-C28 C2A-C39 C3D C58-C5A C5C-C5D C60-C61', // Telugu main letters, 3 bytes
  'C66-C6F', // Telugu 0C66 digits, 3 bytes
  'C78-C7E', // Telugu main numbers, 3 bytes
  'C80 C85-C8C C8E-C90 C92-CA8 CAA-CB3 CB5-CB9 CBD CDC-CDE CE0-CE1 CF1-CF2', // Kannada main letters, 3 bytes
  'C81-C83 CBE-CC1 CC3-CC4 CC6-CC8 CCA-CCC CE2-CE3 CF3', // Kannada class 0 marks, 3 bytes
  'CE6-CEF', // Kannada 0CE6 digits, 3 bytes
  'D00-D03 D3F-D44 D46-D48 D4A-D4C D62-D63', // Malayalam class 0 marks, 3 bytes
  'D04-D0C D0E-D10 D12-D3A D3D D4E D54-D56 D5F-D61 D7A-D7F', // Malayalam main letters, 3 bytes
  'D58-D5E D70-D78', // Malayalam main numbers, 3 bytes
  'D66-D6F', // Malayalam 0D66 digits, 3 bytes
  'D81-D83 DD0-DD4 DD6 DD8-DDE DF2-DF3', // Sinhala class 0 marks, 3 bytes
  'D85-D96 D9A-DB1 DB3-DBB DBD DC0-DC6', // Sinhala main letters, 3 bytes
  'DE6-DEF', // Sinhala 0DE6 digits, 3 bytes
  'E01-E30 E32-E33 E40-E46', // Thai main letters, 3 bytes
  'E31 E34-E37 E47 E4C-E4E', // Thai class 0 marks, 3 bytes
  'E50-E59', // Thai 0E50 digits, 3 bytes
  'E81-E82 E84 E86-E8A E8C-EA3 EA5 EA7-EB0 EB2-EB3 EBD EC0-EC4 EC6 EDC-EDF', // Lao main letters, 3 bytes
  'EB1 EB4-EB7 EBB-EBC ECC-ECE', // Lao class 0 marks, 3 bytes
  'ED0-ED9', // Lao 0ED0 digits, 3 bytes
  'F00 F40-F42 F44-F47 F49-F4C F4E-F51 F53-F56 F58-F5B F5D-F68 F6A-F6C F88-F8C', // Tibetan main letters, 3 bytes
  'F18-F19 F35 F37 FC6', // Tibetan class 0316 marks, 3 bytes
  'F20-F29', // Tibetan 0F20 digits, 3 bytes
  'F2A-F33', // Tibetan main numbers, 3 bytes
  'F3E-F3F F77 F79 F7E-F7F F8D-F92 F94-F97 F99-F9C F9E-FA1 FA3-FA6 FA8-FAB FAD-FB8 FBA-FBC', // Tibetan class 0 marks, 3 bytes
  'F72 F7A-F7D F80', // Tibetan class 0F72 marks, 3 bytes
  '1000-102A 103F 1050-1055 105A-105D 1061 1065-1066 106E-1070 1075-1081 108E A9E0-A9E4 A9E6-A9EF A9FA-A9FE AA60-AA76 AA7A AA7E-AA7F', // Myanmar main letters, 3 bytes
  '102B-102D 102F-1036 1038 103B-103E 1056-1059 105E-1060 1062-1064 1067-106D 1071-1074 1082-108C 108F 109A-109D A9E5 AA7B-AA7D', // Myanmar class 0 marks, 3 bytes
  '1040-1049', // Myanmar 1040 digits, 3 bytes
  '1090-1099', // Myanmar 1090 digits, 3 bytes
  '10A0-10C5 10C7 10CD', // Georgian main capitals, 3 bytes
  '10D0-10FA 10FC-10FF 2D00-2D25 2D27 2D2D', // Georgian main small letters, 3 bytes
  '1100-115E 1176-11A7 11C3-11FF A960-A97C D7B0-D7C6 D7CB-D7FB', // Hangul jamo letters, 3 bytes
  '1200-1248 124A-124D 1250-1256 1258 125A-125D 1260-1288 128A-128D 1290-12B0 12B2-12B5 12B8-12BE 12C0 12C2-12C5 12C8-12D6 12D8-1310 1312-1315 1318-135A 1380-138F 2D80-2D96 2DA0-2DA6 2DA8-2DAE 2DB0-2DB6 2DB8-2DBE 2DC0-2DC6 2DC8-2DCE 2DD0-2DD6 2DD8-2DDE AB01-AB06 AB09-AB0E AB11-AB16 AB20-AB26 AB28-AB2E', // Ethiopic main letters, 3 bytes
  '1369-137C', // Ethiopic main numbers, 3 bytes
  '13A0-13F5', // Cherokee main capitals, 3 bytes
  '13F8-13FD', // Cherokee main small letters, 3 bytes
  '1401-166C 166F-167F 18B0-18F5', // Canadian Aboriginal main letters, 3 bytes
  '1681-169A', // Ogham main letters, 3 bytes
  '16A0-16EA 16F1-16F8', // Runic main letters, 3 bytes
  '1700-1711 171F', // Tagalog main letters, 3 bytes
  '1720-1731', // Hanunoo main letters, 3 bytes
  '1740-1751', // Buhid main letters, 3 bytes
  '1760-176C 176E-1770', // Tagbanwa main letters, 3 bytes
  '1780-17B3 17D7 17DC', // Khmer main letters, 3 bytes
  '17B6-17D1 17D3', // Khmer class 0 marks, 3 bytes
  '17E0-17E9', // Khmer 17E0 digits, 3 bytes
  '17F0-17F9', // Khmer main numbers, 3 bytes
  '1810-1819', // Mongolian 1810 digits, 3 bytes
  '1820-1878 1880-1884 1887-18A8 18AA', // Mongolian main letters, 3 bytes
  '1900-191E', // Limbu main letters, 3 bytes
  '1920-192B 1930-1938', // Limbu class 0 marks, 3 bytes
  '1946-194F', // Limbu 1946 digits, 3 bytes
  '1950-196D 1970-1974', // Tai Le main letters, 3 bytes
  '1980-19AB 19B0-19C9', // New Tai Lue main letters, 3 bytes
  '19D0-19D9', // New Tai Lue 19D0 digits, 3 bytes
  '1A00-1A16', // Buginese main letters, 3 bytes
  '1A20-1A54 1AA7', // Tai Tham main letters, 3 bytes
  '1A55-1A5E 1A61-1A74', // Tai Tham class 0 marks, 3 bytes
  '1A75-1A7C', // Tai Tham class 0300 marks, 3 bytes
  '1A80-1A89', // Tai Tham 1A80 digits, 3 bytes
  '1A90-1A99', // Tai Tham 1A90 digits, 3 bytes
  '1ABE 20DD-20E0 20E2-20E4', // Inherited class 0 marks, 3 bytes
  '1B00-1B04 1B36-1B43', // Balinese class 0 marks, 3 bytes
  '1B05-1B33 1B45-1B4C', // Balinese main letters, 3 bytes
  '1B50-1B59', // Balinese 1B50 digits, 3 bytes
  '1B6B 1B6D-1B73', // Balinese class 0300 marks, 3 bytes
  '1B80-1B82 1BA1-1BA9 1BAC-1BAD', // Sundanese class 0 marks, 3 bytes
  '1B83-1BA0 1BAE-1BAF 1BBA-1BBF', // Sundanese main letters, 3 bytes
  '1BB0-1BB9', // Sundanese 1BB0 digits, 3 bytes
  '1BC0-1BE5', // Batak main letters, 3 bytes
  '1BE7-1BF1', // Batak class 0 marks, 3 bytes
  '1C00-1C23 1C4D-1C4F', // Lepcha main letters, 3 bytes
  '1C24-1C36', // Lepcha class 0 marks, 3 bytes
  '1C40-1C49', // Lepcha 1C40 digits, 3 bytes
  '1C50-1C59', // Ol Chiki 1C50 digits, 3 bytes
  '1C5A-1C7D', // Ol Chiki main letters, 3 bytes
  '1C80-1C88 1C8A A641-A66D/2 A681-A69B/2', // Cyrillic extended small letters, 3 bytes
  '1C89 A640-A66C/2 A680-A69A/2', // Cyrillic extended capitals, 3 bytes
  '1C90-1CBA 1CBD-1CBF', // Georgian extended capitals, 3 bytes
  '1CD4 1CE2-1CE8 20D2-20D3 20D8-20DA 20E5-20E6 20EA-20EB', // Inherited class 0334 marks, 3 bytes
  '1CE9-1CEC 1CEE-1CF3 1CF5-1CF6 1CFA 2135-2138 A717-A71F A788', // Common extended letters, 3 bytes
  '1D00-1D25 1D6B-1D77 1D79-1D9A', // Latin phonetic small letters, 3 bytes
  '1D26-1D2A', // Greek phonetic small letters, 3 bytes
  '1D2B 1D78 A66E A67F A69C-A69D', // Cyrillic other letters, 3 bytes
  '1D2C-1D5C 1D62-1D65 1D9B-1DBE 2132 214E 2183-2184 2C7C-2C7D', // Latin phonetic letters, 3 bytes
  '1D5D-1D61 1D66-1D6A 1DBF AB65', // Greek phonetic letters, 3 bytes
  '1E00-1E94/2 1E9E-1EFE/2', // Latin additional capitals, 3 bytes
  '1E01-1E95/2 1E96-1E9D 1E9F-1EFF/2', // Latin additional small letters, 3 bytes
  '1F00-1F07 1F10-1F15 1F20-1F27 1F30-1F37 1F40-1F45 1F50-1F57 1F60-1F67 1F70-1F7C/2 1F80-1F87 1F90-1F97 1FA0-1FA7 1FB0-1FB4 1FB6-1FB7 1FC2-1FC4 1FC6-1FC7 1FD0-1FD2 1FD6-1FD7 1FE0-1FE2 1FE4-1FE7 1FF2-1FF4 1FF6-1FF7', // Greek extended small letters, 3 bytes
  '1F08-1F0F 1F18-1F1D 1F28-1F2F 1F38-1F3F 1F48-1F4D 1F59-1F5F/2 1F68-1F6F 1F88-1F8F 1F98-1F9F 1FA8-1FAF 1FB8-1FBA 1FBC 1FC8-1FCC/2 1FD8-1FDA 1FE8-1FEA 1FEC 1FF8-1FFC/2', // Greek extended capitals, 3 bytes
  '2070 2074-2079 2080-2089 2150-215F 2189 2460-249B 24EA-24FF 2776-2793 3220-3229 3248-324F 3251-325F 3280-3289 32B1-32BF', // Common signs numbers, 3 bytes
  '2071 207F 2090-209C', // Latin signs letters, 3 bytes
  '2102 2107 210B-210D 2110-2112 2115 2119-211D 2124 2128 212C-212D 2130-2131 2133 213E-213F 2145', // Common signs capitals, 3 bytes
  '210A 210E-210F 2113 212F 2134 2139 213C-213D 2146-2149', // Common signs small letters, 3 bytes
  '2160-2182 2185-2188', // Latin signs numbers, 3 bytes
  '2C00-2C2F', // Glagolitic main capitals, 3 bytes
  '2C30-2C5F', // Glagolitic main small letters, 3 bytes
  '2C60 2C62-2C64 2C67-2C6D/2 2C6E-2C70 2C72 2C75 2C7E-2C7F', // Latin main capitals, 3 bytes
  '2C61 2C65-2C66 2C68-2C6C/2 2C71 2C73-2C74 2C76-2C7B', // Latin main small letters, 3 bytes
  '2C80-2CE2/2 2CEB 2CED 2CF2', // Coptic main capitals, 3 bytes
  '2C81-2CE3/2 2CE4 2CEC 2CEE 2CF3', // Coptic main small letters, 3 bytes
  '2D30-2D67 2D6F', // Tifinagh main letters, 3 bytes
  '2DE0-2DFF A66F A674-A67D A69E-A69F FE2E-FE2F', // Cyrillic class 0300 marks, 3 bytes
  '2E2F 3006 3031-3035 303C A9CF', // Common main letters, 3 bytes
  '3005 303B 4E00-9FFF', // Han main letters, 3 bytes
  '3007 3021-3029 3038-303A', // Han main numbers, 3 bytes
  '3041-3096 309D-309F', // Hiragana main letters, 3 bytes
  '30A1-30FA 30FC-30FF', // Katakana main letters, 3 bytes
  '3105-312F', // Bopomofo main letters, 3 bytes
  '3131-3163 3165-318E', // Hangul compatible letters, 3 bytes
  '31A0-31BF', // Bopomofo compatible letters, 3 bytes
  '31F0-31FF', // Katakana extended letters, 3 bytes
  '3400-4DBF', // Han extension A letters, 3 bytes
  'A000-A48C', // Yi main letters, 3 bytes
  'A4D0-A4FD', // Lisu main letters, 3 bytes
  'A500-A60C A610-A61F A62A-A62B', // Vai main letters, 3 bytes
  'A620-A629', // Vai A620 digits, 3 bytes
  'A6A0-A6E5', // Bamum extended letters, 3 bytes
  'A6E6-A6EF', // Bamum extended numbers, 3 bytes
  'A722-A72E/2 A732-A76E/2 A779-A77D/2 A77E-A786/2 A78B A78D A790 A792 A796-A7AA/2 A7AB-A7AE A7B0-A7B4 A7B6-A7C4/2 A7C5-A7C7 A7C9 A7CB-A7CC A7CE-A7DC/2 A7F5', // Latin extended capitals, 3 bytes
  'A723-A72F/2 A730-A731 A733-A771/2 A772-A778 A77A A77C A77F-A787/2 A78C A78E A791 A793-A795 A797-A7A9/2 A7AF A7B5-A7C3/2 A7C8 A7CA A7CD-A7DB/2 A7F6 A7FA', // Latin extended small letters, 3 bytes
  'A770 A78F A7F1-A7F4 A7F7-A7F9 A7FB-A7FF', // Latin extended letters, 3 bytes
  'A800-A801 A803-A805 A807-A80A A80C-A822', // Syloti Nagri extended letters, 3 bytes
  'A802 A80B A823-A827', // Syloti Nagri class 0 marks, 3 bytes
  'A830-A835', // Common extended numbers, 3 bytes
  'A840-A873', // Phags Pa extended letters, 3 bytes
  'A880-A881 A8B4-A8C3 A8C5', // Saurashtra class 0 marks, 3 bytes
  'A882-A8B3', // Saurashtra extended letters, 3 bytes
  'A8D0-A8D9', // Saurashtra A8D0 digits, 3 bytes
  'A8E0-A8F1', // Devanagari class 0300 marks, 3 bytes
  'A8F2-A8F7 A8FB A8FD-A8FE', // Devanagari extended letters, 3 bytes
  'A900-A909', // Kayah Li A900 digits, 3 bytes
  'A90A-A925', // Kayah Li extended letters, 3 bytes
  'A926-A92A', // Kayah Li class 0 marks, 3 bytes
  'A930-A946', // Rejang extended letters, 3 bytes
  'A947-A952', // Rejang class 0 marks, 3 bytes
  'A980-A983 A9B4-A9BF', // Javanese class 0 marks, 3 bytes
  'A984-A9B2', // Javanese main letters, 3 bytes
  'A9D0-A9D9', // Javanese A9D0 digits, 3 bytes
  'A9F0-A9F9', // Myanmar A9F0 digits, 3 bytes
  'AA00-AA28 AA40-AA42 AA44-AA4B', // Cham main letters, 3 bytes
  'AA29-AA36 AA43 AA4C-AA4D', // Cham class 0 marks, 3 bytes
  'AA50-AA59', // Cham AA50 digits, 3 bytes
  'AA80-AAAF AAB1 AAB5-AAB6 AAB9-AABD AAC0 AAC2 AADB-AADD', // Tai Viet main letters, 3 bytes
  'AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1', // Tai Viet class 0300 marks, 3 bytes
  'AAE0-AAEA AAF2-AAF4 ABC0-ABE2', // Meetei Mayek main letters, 3 bytes
  'AAEB-AAEF AAF5 ABE3-ABEA ABEC', // Meetei Mayek class 0 marks, 3 bytes
  'AB30-AB5A AB60-AB64 AB66-AB68', // Latin extended E small letters, 3 bytes
  'AB5C-AB5F AB69', // Latin extended E letters, 3 bytes
  'AB70-ABBF', // Cherokee extended E small letters, 3 bytes
  'ABF0-ABF9', // Meetei Mayek ABF0 digits, 3 bytes
  'AC00-D7A3', // Hangul main letters, 3 bytes
  'FA0E-FA0F FA11 FA13-FA14 FA1F-FA23/2 FA24 FA27-FA29', // Han compatible letters, 3 bytes
  'FB00-FB06', // Latin presentation A small letters, 3 bytes
  'FB13-FB17', // Armenian presentation A small letters, 3 bytes
  'FB20-FB28 FB4F', // Hebrew presentation A letters, 3 bytes
  'FB50-FBB1 FBD3-FD3D FD50-FD8F FD92-FDC7 FDF0-FDFB', // Arabic presentation A letters, 3 bytes
  'FE70-FE74 FE76-FEFC', // Arabic presentation B letters, 3 bytes
  'FF10-FF19', // Common FF10 digits, 3 bytes
  'FF21-FF3A', // Latin width capitals, 3 bytes
  'FF41-FF5A', // Latin width small letters, 3 bytes
  'FF66-FF9F', // Katakana width letters, 3 bytes
  'FFA1-FFBE FFC2-FFC7 FFCA-FFCF FFD2-FFD7 FFDA-FFDC', // Hangul width letters, 3 bytes
  '10000-1000B 1000D-10026 10028-1003A 1003C-1003D 1003F-1004D 10050-1005D 10080-100FA', // Linear B main letters, 4 bytes
  '10107-10133 102E1-102FB 1D2C0-1D2D3 1D2E0-1D2F3 1D360-1D378 1EC71-1ECAB 1ECAD-1ECAF 1ECB1-1ECB4 1ED01-1ED2D 1ED2F-1ED3D', // Common main numbers, 4 bytes
  '10140-10178 1018A-1018B', // Greek main numbers, 4 bytes
  '101FD 102E0 1D17B-1D182 1D18A-1D18B', // Inherited class 0316 marks, 4 bytes
  '10280-1029C', // Lycian main letters, 4 bytes
  '102A0-102D0', // Carian main letters, 4 bytes
  '10300-1031F 1032D-1032F', // Old Italic main letters, 4 bytes
  '10330-10340 10342-10349', // Gothic main letters, 4 bytes
  '10350-10375', // Old Permic main letters, 4 bytes
  '10376-1037A', // Old Permic class 0300 marks, 4 bytes
  '10380-1039D', // Ugaritic main letters, 4 bytes
  '103A0-103C3 103C8-103CF', // Old Persian main letters, 4 bytes
  '103D1-103D5', // Old Persian main numbers, 4 bytes
  '10400-10427', // Deseret main capitals, 4 bytes
  '10428-1044F', // Deseret main small letters, 4 bytes
  '10450-1047F', // Shavian main letters, 4 bytes
  '10480-1049D', // Osmanya main letters, 4 bytes
  '104A0-104A9', // Osmanya 104A0 digits, 4 bytes
  '104B0-104D3', // Osage main capitals, 4 bytes
  '104D8-104FB', // Osage main small letters, 4 bytes
  '10500-10527', // Elbasan main letters, 4 bytes
  '10530-10563', // Caucasian Albanian main letters, 4 bytes
  '10570-1057A 1057C-1058A 1058C-10592 10594-10595', // Vithkuqi main capitals, 4 bytes
  '10597-105A1 105A3-105B1 105B3-105B9 105BB-105BC', // Vithkuqi main small letters, 4 bytes
  '10600-10736 10740-10755 10760-10767', // Linear A main letters, 4 bytes
  '10780-10785 10787-107B0 107B2-107BA 1DF0A', // Latin main letters, 4 bytes
  '10800-10805 10808 1080A-10835 10837-10838 1083C 1083F', // Cypriot main letters, 4 bytes
  '10840-10855', // Imperial Aramaic main letters, 4 bytes
  '10858-1085F', // Imperial Aramaic main numbers, 4 bytes
  '10860-10876', // Palmyrene main letters, 4 bytes
  '10879-1087F', // Palmyrene main numbers, 4 bytes
  '10880-1089E', // Nabataean main letters, 4 bytes
  '108A7-108AF', // Nabataean main numbers, 4 bytes
  '108E0-108F2 108F4-108F5', // Hatran main letters, 4 bytes
  '108FB-108FF', // Hatran main numbers, 4 bytes
  '10900-10915', // Phoenician main letters, 4 bytes
  '10916-1091B', // Phoenician main numbers, 4 bytes
  '10920-10939', // Lydian main letters, 4 bytes
  '10980-1099F', // Meroitic Hieroglyphs main letters, 4 bytes
  '109A0-109B7 109BE-109BF', // Meroitic Cursive main letters, 4 bytes
  '109BC-109BD 109C0-109CF 109D2-109FF', // Meroitic Cursive main numbers, 4 bytes
  '10A00 10A10-10A13 10A15-10A17 10A19-10A35', // Kharoshthi main letters, 4 bytes
  '10A01-10A03 10A05-10A06 10A0C 10A0E', // Kharoshthi class 0 marks, 4 bytes
  '10A40-10A48', // Kharoshthi main numbers, 4 bytes
  '10A60-10A7C', // Old South Arabian main letters, 4 bytes
  '10A80-10A9C', // Old North Arabian main letters, 4 bytes
  '10AC0-10AC7 10AC9-10AE4', // Manichaean main letters, 4 bytes
  '10AEB-10AEF', // Manichaean main numbers, 4 bytes
  '10B00-10B35', // Avestan main letters, 4 bytes
  '10B40-10B55', // Inscriptional Parthian main letters, 4 bytes
  '10B58-10B5F', // Inscriptional Parthian main numbers, 4 bytes
  '10B60-10B72', // Inscriptional Pahlavi main letters, 4 bytes
  '10B78-10B7F', // Inscriptional Pahlavi main numbers, 4 bytes
  '10B80-10B91', // Psalter Pahlavi main letters, 4 bytes
  '10BA9-10BAF', // Psalter Pahlavi main numbers, 4 bytes
  '10C00-10C48', // Old Turkic main letters, 4 bytes
  '10C80-10CB2', // Old Hungarian main capitals, 4 bytes
  '10CC0-10CF2', // Old Hungarian main small letters, 4 bytes
  '10CFA-10CFF', // Old Hungarian main numbers, 4 bytes
  '10D00-10D23', // Hanifi Rohingya main letters, 4 bytes
  '10D30-10D39', // Hanifi Rohingya 10D30 digits, 4 bytes
  '10E60-10E7E', // Arabic main numbers, 4 bytes
  '10E80-10EA9 10EB0-10EB1', // Yezidi main letters, 4 bytes
  '10EC2-10EC7', // Arabic main letters, 4 bytes
  '10EFA-10EFB 10EFD-10EFF', // Arabic class 0316 marks, 4 bytes
  '10F00-10F1C 10F27', // Old Sogdian main letters, 4 bytes
  '10F1D-10F26', // Old Sogdian main numbers, 4 bytes
  '10F30-10F45', // Sogdian main letters, 4 bytes
  '10F46-10F47 10F4B 10F4D-10F50', // Sogdian class 0316 marks, 4 bytes
  '10F70-10F81', // Old Uyghur main letters, 4 bytes
  '10FB0-10FC4', // Chorasmian main letters, 4 bytes
  '10FC5-10FCB', // Chorasmian main numbers, 4 bytes
  '10FE0-10FF6', // Elymaic main letters, 4 bytes
  '11000-11002 11038-11045 11073-11074', // Brahmi class 0 marks, 4 bytes
  '11003-11037 11071-11072 11075', // Brahmi main letters, 4 bytes
  '11052-11065', // Brahmi main numbers, 4 bytes
  '11066-1106F', // Brahmi 11066 digits, 4 bytes
  '11080-11082 110B0-110B8 110C2', // Kaithi class 0 marks, 4 bytes
  '11083-110AF', // Kaithi main letters, 4 bytes
  '110D0-110E8', // Sora Sompeng main letters, 4 bytes
  '110F0-110F9', // Sora Sompeng 110F0 digits, 4 bytes
  '11103-11126 11144 11147', // Chakma main letters, 4 bytes
  '11128-11132 11145-11146', // Chakma class 0 marks, 4 bytes
  '11136-1113F', // Chakma 11136 digits, 4 bytes
  '11150-11172 11176', // Mahajani main letters, 4 bytes
  '11180-11182 111B3-111BF 111C9 111CB-111CC 111CE-111CF 11B60-11B67', // Sharada class 0 marks, 4 bytes
  '11183-111B2 111C1-111C4 111DA 111DC', // Sharada main letters, 4 bytes
  '111D0-111D9', // Sharada 111D0 digits, 4 bytes
  '111E1-111F4', // Sinhala main numbers, 4 bytes
  '11200-11211 11213-1122B 1123F-11240', // Khojki main letters, 4 bytes
  '1122C-11234 11237 1123E 11241', // Khojki class 0 marks, 4 bytes
  '11280-11286 11288 1128A-1128D 1128F-1129D 1129F-112A8', // Multani main letters, 4 bytes
  '112B0-112DE', // Khudawadi main letters, 4 bytes
  '112DF-112E8', // Khudawadi class 0 marks, 4 bytes
  '112F0-112F9', // Khudawadi 112F0 digits, 4 bytes
  '11300-11303 1133F-11344 11347-11348 1134B-1134C 11362-11363', // Grantha class 0 marks, 4 bytes
  '11305-1130C 1130F-11310 11313-11328 1132A-11330 11332-11333 11335-11339 1133D 11350 1135D-11361', // Grantha main letters, 4 bytes
  '11366-1136C 11370-11374', // Grantha class 0300 marks, 4 bytes
  '11400-11434 11447-1144A 1145F-11461', // Newa main letters, 4 bytes
  '11435-11441 11443-11445', // Newa class 0 marks, 4 bytes
  '11450-11459', // Newa 11450 digits, 4 bytes
  '11480-114AF 114C4-114C5 114C7', // Tirhuta main letters, 4 bytes
  '114B1-114B9 114BB-114BC 114BE-114C1', // Tirhuta class 0 marks, 4 bytes
  '114D0-114D9', // Tirhuta 114D0 digits, 4 bytes
  '11580-115AE 115D8-115DB', // Siddham main letters, 4 bytes
  '115B0-115B5 115B8-115BE 115DC-115DD', // Siddham class 0 marks, 4 bytes
  '11600-1162F 11644', // Modi main letters, 4 bytes
  '11630-1163E 11640', // Modi class 0 marks, 4 bytes
  '11650-11659', // Modi 11650 digits, 4 bytes
  '11680-116AA 116B8', // Takri main letters, 4 bytes
  '116AB-116B5', // Takri class 0 marks, 4 bytes
  '116C0-116C9', // Takri 116C0 digits, 4 bytes
  '116D0-116D9', // Myanmar 116D0 digits, 4 bytes
  '116DA-116E3', // Myanmar 116DA digits, 4 bytes
  '11700-1171A 11740-11746', // Ahom main letters, 4 bytes
  '1171D-1172A', // Ahom class 0 marks, 4 bytes
  '11730-11739', // Ahom 11730 digits, 4 bytes
  '11800-1182B', // Dogra main letters, 4 bytes
  '1182C-11838', // Dogra class 0 marks, 4 bytes
  '118A0-118BF 118FF', // Warang Citi main capitals, 4 bytes
  '118C0-118DF', // Warang Citi main small letters, 4 bytes
  '118E0-118E9', // Warang Citi 118E0 digits, 4 bytes
  '118EA-118F2', // Warang Citi main numbers, 4 bytes
  '11900-11906 11909 1190C-11913 11915-11916 11918-1192F 1193F 11941', // Dives Akuru main letters, 4 bytes
  '11931-11935 11937-11938 1193B-1193C 11940 11942', // Dives Akuru class 0 marks, 4 bytes
  '11950-11959', // Dives Akuru 11950 digits, 4 bytes
  '119A0-119A7 119AA-119D0 119E1 119E3', // Nandinagari main letters, 4 bytes
  '119D1-119D7 119DA-119DF 119E4', // Nandinagari class 0 marks, 4 bytes
  '11A00 11A0B-11A32 11A3A', // Zanabazar Square main letters, 4 bytes
  '11A01-11A0A 11A33 11A35-11A39 11A3B-11A3E', // Zanabazar Square class 0 marks, 4 bytes
  '11A50 11A5C-11A89 11A9D', // Soyombo main letters, 4 bytes
  '11A51-11A5B 11A8A-11A98', // Soyombo class 0 marks, 4 bytes
  '11AB0-11ABF', // Canadian Aboriginal main letters, 4 bytes
  '11AC0-11AF8', // Pau Cin Hau main letters, 4 bytes
  '11C00-11C08 11C0A-11C2E 11C40', // Bhaiksuki main letters, 4 bytes
  '11C2F-11C36 11C38-11C3E', // Bhaiksuki class 0 marks, 4 bytes
  '11C50-11C59', // Bhaiksuki 11C50 digits, 4 bytes
  '11C5A-11C6C', // Bhaiksuki main numbers, 4 bytes
  '11C72-11C8F', // Marchen main letters, 4 bytes
  '11C92-11CA7 11CA9-11CB6', // Marchen class 0 marks, 4 bytes
  '11D00-11D06 11D08-11D09 11D0B-11D30 11D46', // Masaram Gondi main letters, 4 bytes
  '11D31-11D36 11D3A 11D3C-11D3D 11D3F-11D41 11D43 11D47', // Masaram Gondi class 0 marks, 4 bytes
  '11D50-11D59', // Masaram Gondi 11D50 digits, 4 bytes
  '11D60-11D65 11D67-11D68 11D6A-11D89 11D98', // Gunjala Gondi main letters, 4 bytes
  '11D8A-11D8E 11D90-11D91 11D93-11D96', // Gunjala Gondi class 0 marks, 4 bytes
  '11DA0-11DA9', // Gunjala Gondi 11DA0 digits, 4 bytes
  '11EE0-11EF2', // Makasar main letters, 4 bytes
  '11F00-11F01 11F03 11F34-11F3A 11F3E-11F40 11F5A', // Kawi class 0 marks, 4 bytes
  '11F02 11F04-11F10 11F12-11F33', // Kawi main letters, 4 bytes
  '11F50-11F59', // Kawi 11F50 digits, 4 bytes
  '11FC0-11FD4', // Tamil main numbers, 4 bytes
  '12000-12399 12480-12543', // Cuneiform main letters, 4 bytes
  '12400-1246E', // Cuneiform main numbers, 4 bytes
  '12F90-12FF0', // Cypro Minoan main letters, 4 bytes
  '13000-1342F 13441-13446 13460-143FA', // Egyptian Hieroglyphs main letters, 4 bytes
  '13440 13447-13455', // Egyptian Hieroglyphs class 0 marks, 4 bytes
  '14400-14646', // Anatolian Hieroglyphs main letters, 4 bytes
  '16800-16A38', // Bamum main letters, 4 bytes
  '16A40-16A5E', // Mro main letters, 4 bytes
  '16A60-16A69', // Mro 16A60 digits, 4 bytes
  '16A70-16ABE', // Tangsa main letters, 4 bytes
  '16AC0-16AC9', // Tangsa 16AC0 digits, 4 bytes
  '16AD0-16AED', // Bassa Vah main letters, 4 bytes
  '16AF0-16AF4', // Bassa Vah class 0334 marks, 4 bytes
  '16B00-16B2F 16B40-16B43 16B63-16B77 16B7D-16B8F', // Pahawh Hmong main letters, 4 bytes
  '16B30-16B36', // Pahawh Hmong class 0300 marks, 4 bytes
  '16B50-16B59', // Pahawh Hmong 16B50 digits, 4 bytes
  '16B5B-16B61', // Pahawh Hmong main numbers, 4 bytes
  '16E40-16E5F', // Medefaidrin main capitals, 4 bytes
  '16E60-16E7F', // Medefaidrin main small letters, 4 bytes
  '16E80-16E96', // Medefaidrin main numbers, 4 bytes
  '16F00-16F4A 16F50 16F93-16F9F', // Miao main letters, 4 bytes
  '16F4F 16F51-16F87 16F8F-16F92', // Miao class 0 marks, 4 bytes
  '16FE0 17000-18AFF 18D00-18D1E 18D80-18DF2', // Tangut main letters, 4 bytes
  '16FE1 1B170-1B2FB', // Nushu main letters, 4 bytes
  '16FE3 16FF2-16FF3 20000-2A6DF', // Han extension B letters, 4 bytes
  '18B00-18CD5 18CFF', // Khitan Small Script main letters, 4 bytes
  '1AFF0-1AFF3 1AFF5-1AFFB 1AFFD-1AFFE 1B000 1B120-1B122 1B155 1B164-1B167', // Katakana main letters, 4 bytes
  '1B001-1B11F 1B132 1B150-1B152', // Hiragana main letters, 4 bytes
  '1BC00-1BC6A 1BC70-1BC7C 1BC80-1BC88 1BC90-1BC99', // Duployan main letters, 4 bytes
  '1CCF0-1CCF9', // Common 1CCF0 digits, 4 bytes
  '1CF00-1CF2D 1CF30-1CF46', // Inherited class 0 marks, 4 bytes
  '1D165-1D166 1D16E-1D172', // Common class 031B marks, 4 bytes
  '1D185-1D189 1D1AA-1D1AD', // Inherited class 0300 marks, 4 bytes
  '1D400-1D419 1D434-1D44D 1D468-1D481 1D49C 1D49E-1D49F 1D4A2 1D4A5-1D4A6 1D4A9-1D4AC 1D4AE-1D4B5 1D4D0-1D4E9 1D504-1D505 1D507-1D50A 1D50D-1D514 1D516-1D51C 1D538-1D539 1D53B-1D53E 1D540-1D544 1D546 1D54A-1D550 1D56C-1D585 1D5A0-1D5B9 1D5D4-1D5ED 1D608-1D621 1D63C-1D655 1D670-1D689 1D6A8-1D6C0 1D6E2-1D6FA 1D71C-1D734 1D756-1D76E 1D790-1D7A8 1D7CA', // Common mathematical capitals, 4 bytes
  '1D41A-1D433 1D44E-1D454 1D456-1D467 1D482-1D49B 1D4B6-1D4B9 1D4BB 1D4BD-1D4C3 1D4C5-1D4CF 1D4EA-1D503 1D51E-1D537 1D552-1D56B 1D586-1D59F 1D5BA-1D5D3 1D5EE-1D607 1D622-1D63B 1D656-1D66F 1D68A-1D6A5 1D6C2-1D6DA 1D6DC-1D6E1 1D6FC-1D714 1D716-1D71B 1D736-1D74E 1D750-1D755 1D770-1D788 1D78A-1D78F 1D7AA-1D7C2 1D7C4-1D7C9 1D7CB', // Common mathematical small letters, 4 bytes
  '1D7CE-1D7D7', // Common 1D7CE digits, 4 bytes
  '1D7D8-1D7E1', // Common 1D7D8 digits, 4 bytes
  '1D7E2-1D7EB', // Common 1D7E2 digits, 4 bytes
  '1D7EC-1D7F5', // Common 1D7EC digits, 4 bytes
  '1D7F6-1D7FF', // Common 1D7F6 digits, 4 bytes
  '1DA00-1DA36 1DA3B-1DA6C 1DA75 1DA84 1DA9B-1DA9F 1DAA1-1DAAF', // SignWriting class 0 marks, 4 bytes
  '1DF00-1DF09 1DF0B-1DF1E 1DF25-1DF2A', // Latin mathematical small letters, 4 bytes
  '1E000-1E006 1E008-1E018 1E01B-1E021 1E023-1E024 1E026-1E02A', // Glagolitic class 0300 marks, 4 bytes
  '1E030-1E06D', // Cyrillic main letters, 4 bytes
  '1E100-1E12C 1E137-1E13D 1E14E', // Nyiakeng Puachue Hmong main letters, 4 bytes
  '1E130-1E136', // Nyiakeng Puachue Hmong class 0300 marks, 4 bytes
  '1E140-1E149', // Nyiakeng Puachue Hmong 1E140 digits, 4 bytes
  '1E290-1E2AD', // Toto main letters, 4 bytes
  '1E2C0-1E2EB', // Wancho main letters, 4 bytes
  '1E2F0-1E2F9', // Wancho 1E2F0 digits, 4 bytes
  '1E4D0-1E4EB', // Nag Mundari main letters, 4 bytes
  '1E4F0-1E4F9', // Nag Mundari 1E4F0 digits, 4 bytes
  '1E7E0-1E7E6 1E7E8-1E7EB 1E7ED-1E7EE 1E7F0-1E7FE', // Ethiopic main letters, 4 bytes
  '1E800-1E8C4', // Mende Kikakui main letters, 4 bytes
  '1E8C7-1E8CF', // Mende Kikakui main numbers, 4 bytes
  '1E8D0-1E8D6', // Mende Kikakui class 0316 marks, 4 bytes
  '1E900-1E921 1E94B', // Adlam main capitals, 4 bytes
  '1E922-1E943', // Adlam main small letters, 4 bytes
  '1E944-1E949', // Adlam class 0300 marks, 4 bytes
  '1E950-1E959', // Adlam 1E950 digits, 4 bytes
  '1EE00-1EE03 1EE05-1EE1F 1EE21-1EE22 1EE24 1EE27 1EE29-1EE32 1EE34-1EE37 1EE39 1EE3B 1EE42 1EE47-1EE4D/2 1EE4E-1EE4F 1EE51-1EE52 1EE54 1EE57-1EE61/2 1EE62 1EE64 1EE67-1EE6A 1EE6C-1EE72 1EE74-1EE77 1EE79-1EE7C 1EE7E 1EE80-1EE89 1EE8B-1EE9B 1EEA1-1EEA3 1EEA5-1EEA9 1EEAB-1EEBB', // Arabic mathematical letters, 4 bytes
  '1F100-1F10C', // Common signs numbers, 4 bytes
  '1FBF0-1FBF9', // Common 1FBF0 digits, 4 bytes
  '2A700-2B81D 2B820-2CEAD 2CEB0-2EBE0 2EBF0-2EE5D', // Han extensions C to F letters, 4 bytes
  '30000-3134A 31350-33479', // Han extensions G to J letters, 4 bytes
];

/** Characters that compose with one before them. They stay where they are. */
export const COMPOSERS =
  '300-304 306-30C 30F-313/2 314 31B 323-328 32D-32E 330-331 338 342 345 653-655 93C 9BE 9D7 B3E B56-B57 BBE BD7 C56 CC2 CD5-CD6 D3E D57 DCA DCF DDF 102E 1161-1175 11A8-11C2 1B35 3099-309A 110BA 11127 1133E 11357 113B8 113BB 113C2 113C9 114B0 114BA 114BD 115AF 11930 1611E-16120 16129 16D67';
