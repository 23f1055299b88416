// Kinds of characters, of which each is replaced by another of its kind. FROZEN: a character's numeral is its rank in its
// kind, and a kind's number is its place in this list, so any change makes tokens unreadable. A newer version of Unicode
// gets a list of its own, under a new name.
//
// Derived from the properties of Unicode 17.0 by test/support/unicode-kinds.ts: letters, numbers and marks by script,
// area of code points, group and length in UTF-8. Each equals its own NFC form, and none composes with one before it.

/**
 * Code points in hexadecimal, ascending: `41-5A`, `100-36/2` for every second one. The end of a range leaves out the digits
 * in which it begins like its start.
 */
export const KINDS: readonly string[] = [
  '30-9', // Common 0030 digits, 1 byte
  '41-5A', // Latin basic capitals, 1 byte
  '61-7A', // Latin basic small letters, 1 byte
  'AA BA 294-5 2B0-8 2E0-4', // Latin phonetic letters, 2 bytes
  'B2-3 B9 BC-E', // Common Latin-1 numbers, 2 bytes
  'B5 2B9-C1 2C6-D1 2EC 2EE', // Common phonetic letters, 2 bytes
  'C0-D6 D8-E', // Latin Latin-1 capitals, 2 bytes
  'DF-F6 F8-F', // Latin Latin-1 small letters, 2 bytes
  '100-36/2 139-47/2 14A-78/2 179-D/2', // Latin extended A capitals, 2 bytes
  '101-37/2 138-48/2 149-77/2 17A-E/2 17F', // Latin extended A small letters, 2 bytes
  '180 183 185 188 18C-D 192 195 199-B 19E 1A1-5/2 1A8 1AA-B 1AD 1B0 1B4 1B6 1B9-A 1BD-F 1C6 1C9 1CC-DC/2 1DD-EF/2 1F0 1F3 1F5 1F9-233/2 234-9 23C 23F-40 242 247-F/2', // Latin extended B small letters, 2 bytes
  '181-2 184 186-7 189-B 18E-91 193-4 196-8 19C-D 19F-A0 1A2-6/2 1A7 1A9 1AC 1AE-F 1B1-3 1B5 1B7-8 1BC 1C4-5 1C7-8 1CA-B 1CD-DB/2 1DE-EE/2 1F1-2 1F4 1F6-8 1FA-232/2 23A-B 23D-E 241 243-6 248-E/2', // Latin extended B capitals, 2 bytes
  '1BB 1C0-3', // Latin extended B letters, 2 bytes
  '250-93 296-AF', // Latin phonetic small letters, 2 bytes
  '305 30D-E 310 312 33D-F 346 34A-C 350-2 357 35B 363-F 485-6', // Inherited class 0300 marks, 2 bytes
  '316-9 31C-20 329-C 32F 332-3 339-C 347-9 34D-E 353-6 359-A', // Inherited class 0316 marks, 2 bytes
  '370 372 376 37F 386 388-A 38C 38E-F 391-A1 3A3-B 3CF 3D2-4 3D8-E0/2 3F4 3F7 3F9-A 3FD-F', // Greek main capitals, 2 bytes
  '371 373 377 37A-D 390 3AC-CE 3D0-1 3D5-7 3D9-E1/2 3F0-3 3F5 3F8 3FB-C', // Greek main small letters, 2 bytes
  '3E2-E/2', // Coptic main capitals, 2 bytes
  '3E3-F/2', // Coptic main small letters, 2 bytes
  '400-F', // Cyrillic Slavic capitals, 2 bytes
  '410-2F', // Cyrillic main capitals, 2 bytes
  '430-4F', // Cyrillic main small letters, 2 bytes
  '450-F', // Cyrillic Slavic small letters, 2 bytes
  '460-80/2 48A-C0/2 4C1-D/2 4D0-52E/2', // Cyrillic extended capitals, 2 bytes
  '461-81/2 48B-BF/2 4C2-E/2 4CF-52F/2', // Cyrillic extended small letters, 2 bytes
  '531-56', // Armenian main capitals, 2 bytes
  '559 560-88', // Armenian main small letters, 2 bytes
  '591 596 59B 5A2-7 5AA 5C5', // Hebrew class 0316 marks, 2 bytes
  '592-5 597-9 59C-A1 5A8-9 5AB-C 5AF 5C4', // Hebrew class 0300 marks, 2 bytes
  '5D0-EA 5EF-F2', // Hebrew main letters, 2 bytes
  '610-7 657-B 65D-E 6D6-C 6DF-E2 6E4 6E7-8 6EB-C', // Arabic class 0300 marks, 2 bytes
  '620-4A', // Arabic main letters, 2 bytes
  '656 65C 65F 6E3 6EA 6ED', // Arabic class 0316 marks, 2 bytes
  '660-9', // Arabic 0660 digits, 2 bytes
  '66E-F 671-D3 6D5 6E5-6 6EE-F 6FA-C 6FF', // Arabic extended letters, 2 bytes
  '6F0-9', // Arabic 06F0 digits, 2 bytes
  '710 712-2F 74D-F', // Syriac main letters, 2 bytes
  '730 732-3 735-6 73A 73D 73F-41 743-9/2 74A', // Syriac class 0300 marks, 2 bytes
  '731 734 737-9 73B-C 73E 742-8/2', // Syriac class 0316 marks, 2 bytes
  '750-7F', // Arabic supplement letters, 2 bytes
  '780-A5 7B1', // Thaana main letters, 2 bytes
  '7A6-B0', // Thaana class 0 marks, 2 bytes
  '7C0-9', // Nko 07C0 digits, 2 bytes
  '7CA-EA 7F4-5 7FA', // Nko main letters, 2 bytes
  '7EB-F1 7F3', // Nko class 0300 marks, 2 bytes
  '800-15 81A 824 828', // Samaritan main letters, 3 bytes
  '816-9 81B-23 825-7 829-D', // Samaritan class 0300 marks, 3 bytes
  '840-58', // Mandaic main letters, 3 bytes
  '860-A', // Syriac main letters, 3 bytes
  '870-87 889-F 8A0-C9', // Arabic main letters, 3 bytes
  '897-8 89C-F 8CA-E 8D4-E1 8E4-5 8E7-8 8EA-C 8F3-5 8F7-8 8FB-F', // Arabic class 0300 marks, 3 bytes
  '899-B 8CF-D3 8E3 8E6 8E9 8ED-F 8F6 8F9-A', // Arabic class 0316 marks, 3 bytes
  '900-3 93A-B 93E-4C 94E-F 955-7 962-3 A8FF', // Devanagari class 0 marks, 3 bytes
  '904-39 93D 950 960-1 971-F', // Devanagari main letters, 3 bytes
  '951 953-4 1AB0-4 1ABB-C 1AC1-2 1AC5-9 1ACB-DC 1AE0-5 1AE7-A 1CD0-2 1CDA-B 1CE0 1CF4 1CF8-9 1DC0-1 1DC3-9 1DCB-C 1DD1-F5 1DFB 1DFE 20D0-1 20D4-7 20DB-C 20E1 20E7 20E9 20F0 FE20-6', // Inherited class 0300 marks, 3 bytes
  '952 1AB5-A 1ABD 1ABF-C0 1AC3-4 1ACA 1ADD 1AE6 1CD5-9 1CDC-F 1CED 1DC2 1DCA 1DCF 1DF9 1DFD 1DFF 20E8 20EC-F FE27-D', // Inherited class 0316 marks, 3 bytes
  '966-F', // Devanagari 0966 digits, 3 bytes
  '980 985-C 98F-90 993-A8 9AA-B0 9B2 9B6-9 9BD 9CE 9E0-1 9F0-1 9FC', // Bengali main letters, 3 bytes
  '981-3 9BF-C4 9C7-8 9CB-C 9E2-3', // Bengali class 0 marks, 3 bytes
  '9E6-F', // Bengali 09E6 digits, 3 bytes
  '9F4-9', // Bengali main numbers, 3 bytes
  'A01-3 A3E-42 A47-8 A4B-C A51 A70-1 A75', // Gurmukhi class 0 marks, 3 bytes
  'A05-A A0F-10 A13-28 A2A-30 A32 A35 A38-9 A5C A72-4', // Gurmukhi main letters, 3 bytes
  'A66-F', // Gurmukhi 0A66 digits, 3 bytes
  'A81-3 ABE-C5 AC7-9 ACB-C AE2-3 AFA-F', // Gujarati class 0 marks, 3 bytes
  'A85-D A8F-91 A93-A8 AAA-B0 AB2-3 AB5-9 ABD AD0 AE0-1 AF9', // Gujarati main letters, 3 bytes
  'AE6-F', // Gujarati 0AE6 digits, 3 bytes
  'B01-3 B3F-44 B47-8 B4B-C B55 B62-3', // Oriya class 0 marks, 3 bytes
  'B05-C B0F-10 B13-28 B2A-30 B32-3 B35-9 B3D B5F-61 B71', // Oriya main letters, 3 bytes
  'B66-F', // Oriya 0B66 digits, 3 bytes
  'B72-7', // Oriya main numbers, 3 bytes
  'B82 BBF-C2 BC6-8 BCA-C', // Tamil class 0 marks, 3 bytes
  'B83 B85-A B8E-90 B92-5 B99-A B9C B9E-F BA3-4 BA8-A BAE-B9 BD0', // Tamil main letters, 3 bytes
  'BE6-F', // Tamil 0BE6 digits, 3 bytes
  'C00-4 C3E-44 C46-8 C4A-C C62-3', // Telugu class 0 marks, 3 bytes
  'C05-C C0E-10 C12-28 C2A-39 C3D C58-A C5C-D C60-1', // Telugu main letters, 3 bytes
  'C66-F', // Telugu 0C66 digits, 3 bytes
  'C78-E', // Telugu main numbers, 3 bytes
  'C80 C85-C C8E-90 C92-A8 CAA-B3 CB5-9 CBD CDC-E CE0-1 CF1-2', // Kannada main letters, 3 bytes
  'C81-3 CBE-C1 CC3-4 CC6-8 CCA-C CE2-3 CF3', // Kannada class 0 marks, 3 bytes
  'CE6-F', // Kannada 0CE6 digits, 3 bytes
  'D00-3 D3F-44 D46-8 D4A-C D62-3', // Malayalam class 0 marks, 3 bytes
  'D04-C D0E-10 D12-3A D3D D4E D54-6 D5F-61 D7A-F', // Malayalam main letters, 3 bytes
  'D58-E D70-8', // Malayalam main numbers, 3 bytes
  'D66-F', // Malayalam 0D66 digits, 3 bytes
  'D81-3 DD0-4 DD6 DD8-E DF2-3', // Sinhala class 0 marks, 3 bytes
  'D85-96 D9A-B1 DB3-B DBD DC0-6', // Sinhala main letters, 3 bytes
  'DE6-F', // Sinhala 0DE6 digits, 3 bytes
  'E01-30 E32-3 E40-6', // Thai main letters, 3 bytes
  'E31 E34-7 E47 E4C-E', // Thai class 0 marks, 3 bytes
  'E50-9', // Thai 0E50 digits, 3 bytes
  'E81-2 E84 E86-A E8C-A3 EA5 EA7-B0 EB2-3 EBD EC0-4 EC6 EDC-F', // Lao main letters, 3 bytes
  'EB1 EB4-7 EBB-C ECC-E', // Lao class 0 marks, 3 bytes
  'ED0-9', // Lao 0ED0 digits, 3 bytes
  'F00 F40-2 F44-7 F49-C F4E-51 F53-6 F58-B F5D-68 F6A-C F88-C', // Tibetan main letters, 3 bytes
  'F18-9 F35 F37 FC6', // Tibetan class 0316 marks, 3 bytes
  'F20-9', // Tibetan 0F20 digits, 3 bytes
  'F2A-33', // Tibetan main numbers, 3 bytes
  'F3E-F F77 F79 F7E-F F8D-92 F94-7 F99-C F9E-A1 FA3-6 FA8-B FAD-B8 FBA-C', // Tibetan class 0 marks, 3 bytes
  'F72 F7A-D F80', // Tibetan class 0F72 marks, 3 bytes
  '1000-2A 103F 1050-5 105A-D 1061 1065-6 106E-70 1075-81 108E A9E0-4 A9E6-F A9FA-E AA60-76 AA7A AA7E-F', // Myanmar main letters, 3 bytes
  '102B-D 102F-36 1038 103B-E 1056-9 105E-60 1062-4 1067-D 1071-4 1082-C 108F 109A-D A9E5 AA7B-D', // Myanmar class 0 marks, 3 bytes
  '1040-9', // Myanmar 1040 digits, 3 bytes
  '1090-9', // Myanmar 1090 digits, 3 bytes
  '10A0-C5 10C7 10CD', // Georgian main capitals, 3 bytes
  '10D0-FA 10FC-F 2D00-25 2D27 2D2D', // Georgian main small letters, 3 bytes
  '1100-5E 1176-A7 11C3-FF A960-7C D7B0-C6 D7CB-FB', // Hangul jamo letters, 3 bytes
  '1200-48 124A-D 1250-6 1258 125A-D 1260-88 128A-D 1290-B0 12B2-5 12B8-E 12C0 12C2-5 12C8-D6 12D8-310 1312-5 1318-5A 1380-F 2D80-96 2DA0-6 2DA8-E 2DB0-6 2DB8-E 2DC0-6 2DC8-E 2DD0-6 2DD8-E AB01-6 AB09-E AB11-6 AB20-6 AB28-E', // Ethiopic main letters, 3 bytes
  '1369-7C', // Ethiopic main numbers, 3 bytes
  '13A0-F5', // Cherokee main capitals, 3 bytes
  '13F8-D', // Cherokee main small letters, 3 bytes
  '1401-66C 166F-7F 18B0-F5', // Canadian Aboriginal main letters, 3 bytes
  '1681-9A', // Ogham main letters, 3 bytes
  '16A0-EA 16F1-8', // Runic main letters, 3 bytes
  '1700-11 171F', // Tagalog main letters, 3 bytes
  '1720-31', // Hanunoo main letters, 3 bytes
  '1740-51', // Buhid main letters, 3 bytes
  '1760-C 176E-70', // Tagbanwa main letters, 3 bytes
  '1780-B3 17D7 17DC', // Khmer main letters, 3 bytes
  '17B6-D1 17D3', // Khmer class 0 marks, 3 bytes
  '17E0-9', // Khmer 17E0 digits, 3 bytes
  '17F0-9', // Khmer main numbers, 3 bytes
  '1810-9', // Mongolian 1810 digits, 3 bytes
  '1820-78 1880-4 1887-A8 18AA', // Mongolian main letters, 3 bytes
  '1900-1E', // Limbu main letters, 3 bytes
  '1920-B 1930-8', // Limbu class 0 marks, 3 bytes
  '1946-F', // Limbu 1946 digits, 3 bytes
  '1950-6D 1970-4', // Tai Le main letters, 3 bytes
  '1980-AB 19B0-C9', // New Tai Lue main letters, 3 bytes
  '19D0-9', // New Tai Lue 19D0 digits, 3 bytes
  '1A00-16', // Buginese main letters, 3 bytes
  '1A20-54 1AA7', // Tai Tham main letters, 3 bytes
  '1A55-E 1A61-74', // Tai Tham class 0 marks, 3 bytes
  '1A75-C', // Tai Tham class 0300 marks, 3 bytes
  '1A80-9', // Tai Tham 1A80 digits, 3 bytes
  '1A90-9', // Tai Tham 1A90 digits, 3 bytes
  '1ABE 20DD-E0 20E2-4', // Inherited class 0 marks, 3 bytes
  '1B00-4 1B36-43', // Balinese class 0 marks, 3 bytes
  '1B05-33 1B45-C', // Balinese main letters, 3 bytes
  '1B50-9', // Balinese 1B50 digits, 3 bytes
  '1B6B 1B6D-73', // Balinese class 0300 marks, 3 bytes
  '1B80-2 1BA1-9 1BAC-D', // Sundanese class 0 marks, 3 bytes
  '1B83-A0 1BAE-F 1BBA-F', // Sundanese main letters, 3 bytes
  '1BB0-9', // Sundanese 1BB0 digits, 3 bytes
  '1BC0-E5', // Batak main letters, 3 bytes
  '1BE7-F1', // Batak class 0 marks, 3 bytes
  '1C00-23 1C4D-F', // Lepcha main letters, 3 bytes
  '1C24-36', // Lepcha class 0 marks, 3 bytes
  '1C40-9', // Lepcha 1C40 digits, 3 bytes
  '1C50-9', // Ol Chiki 1C50 digits, 3 bytes
  '1C5A-7D', // Ol Chiki main letters, 3 bytes
  '1C80-8 1C8A A641-6D/2 A681-9B/2', // Cyrillic extended small letters, 3 bytes
  '1C89 A640-6C/2 A680-9A/2', // Cyrillic extended capitals, 3 bytes
  '1C90-BA 1CBD-F', // Georgian extended capitals, 3 bytes
  '1CD4 1CE2-8 20D2-3 20D8-A 20E5-6 20EA-B', // Inherited class 0334 marks, 3 bytes
  '1CE9-C 1CEE-F3 1CF5-6 1CFA 2135-8 A717-F A788', // Common extended letters, 3 bytes
  '1D00-25 1D6B-77 1D79-9A', // Latin phonetic small letters, 3 bytes
  '1D26-A', // Greek phonetic small letters, 3 bytes
  '1D2B 1D78 A66E A67F A69C-D', // Cyrillic other letters, 3 bytes
  '1D2C-5C 1D62-5 1D9B-BE 2132 214E 2183-4 2C7C-D', // Latin phonetic letters, 3 bytes
  '1D5D-61 1D66-A 1DBF AB65', // Greek phonetic letters, 3 bytes
  '1E00-94/2 1E9E-FE/2', // Latin additional capitals, 3 bytes
  '1E01-95/2 1E96-D 1E9F-FF/2', // Latin additional small letters, 3 bytes
  '1F00-7 1F10-5 1F20-7 1F30-7 1F40-5 1F50-7 1F60-7 1F70-C/2 1F80-7 1F90-7 1FA0-7 1FB0-4 1FB6-7 1FC2-4 1FC6-7 1FD0-2 1FD6-7 1FE0-2 1FE4-7 1FF2-4 1FF6-7', // Greek extended small letters, 3 bytes
  '1F08-F 1F18-D 1F28-F 1F38-F 1F48-D 1F59-F/2 1F68-F 1F88-F 1F98-F 1FA8-F 1FB8-A 1FBC 1FC8-C/2 1FD8-A 1FE8-A 1FEC 1FF8-C/2', // Greek extended capitals, 3 bytes
  '2070 2074-9 2080-9 2150-F 2189 2460-9B 24EA-FF 2776-93 3220-9 3248-F 3251-F 3280-9 32B1-F', // Common signs numbers, 3 bytes
  '2071 207F 2090-C', // Latin signs letters, 3 bytes
  '2102 2107 210B-D 2110-2 2115 2119-D 2124 2128 212C-D 2130-1 2133 213E-F 2145', // Common signs capitals, 3 bytes
  '210A 210E-F 2113 212F 2134 2139 213C-D 2146-9', // Common signs small letters, 3 bytes
  '2160-82 2185-8', // Latin signs numbers, 3 bytes
  '2C00-2F', // Glagolitic main capitals, 3 bytes
  '2C30-5F', // Glagolitic main small letters, 3 bytes
  '2C60 2C62-4 2C67-D/2 2C6E-70 2C72 2C75 2C7E-F', // Latin main capitals, 3 bytes
  '2C61 2C65-6 2C68-C/2 2C71 2C73-4 2C76-B', // Latin main small letters, 3 bytes
  '2C80-E2/2 2CEB 2CED 2CF2', // Coptic main capitals, 3 bytes
  '2C81-E3/2 2CE4 2CEC 2CEE 2CF3', // Coptic main small letters, 3 bytes
  '2D30-67 2D6F', // Tifinagh main letters, 3 bytes
  '2DE0-FF A66F A674-D A69E-F FE2E-F', // Cyrillic class 0300 marks, 3 bytes
  '2E2F 3006 3031-5 303C A9CF', // Common main letters, 3 bytes
  '3005 303B 4E00-9FFF', // Han main letters, 3 bytes
  '3007 3021-9 3038-A', // Han main numbers, 3 bytes
  '3041-96 309D-F', // Hiragana main letters, 3 bytes
  '30A1-FA 30FC-F', // Katakana main letters, 3 bytes
  '3105-2F', // Bopomofo main letters, 3 bytes
  '3131-63 3165-8E', // Hangul compatible letters, 3 bytes
  '31A0-BF', // Bopomofo compatible letters, 3 bytes
  '31F0-F', // Katakana extended letters, 3 bytes
  '3400-4DBF', // Han extension A letters, 3 bytes
  'A000-48C', // Yi main letters, 3 bytes
  'A4D0-FD', // Lisu main letters, 3 bytes
  'A500-60C A610-F A62A-B', // Vai main letters, 3 bytes
  'A620-9', // Vai A620 digits, 3 bytes
  'A6A0-E5', // Bamum extended letters, 3 bytes
  'A6E6-F', // Bamum extended numbers, 3 bytes
  'A722-E/2 A732-6E/2 A779-D/2 A77E-86/2 A78B A78D A790 A792 A796-AA/2 A7AB-E A7B0-4 A7B6-C4/2 A7C5-7 A7C9 A7CB-C A7CE-DC/2 A7F5', // Latin extended capitals, 3 bytes
  'A723-F/2 A730-1 A733-71/2 A772-8 A77A A77C A77F-87/2 A78C A78E A791 A793-5 A797-A9/2 A7AF A7B5-C3/2 A7C8 A7CA A7CD-DB/2 A7F6 A7FA', // Latin extended small letters, 3 bytes
  'A770 A78F A7F1-4 A7F7-9 A7FB-F', // Latin extended letters, 3 bytes
  'A800-1 A803-5 A807-A A80C-22', // Syloti Nagri extended letters, 3 bytes
  'A802 A80B A823-7', // Syloti Nagri class 0 marks, 3 bytes
  'A830-5', // Common extended numbers, 3 bytes
  'A840-73', // Phags Pa extended letters, 3 bytes
  'A880-1 A8B4-C3 A8C5', // Saurashtra class 0 marks, 3 bytes
  'A882-B3', // Saurashtra extended letters, 3 bytes
  'A8D0-9', // Saurashtra A8D0 digits, 3 bytes
  'A8E0-F1', // Devanagari class 0300 marks, 3 bytes
  'A8F2-7 A8FB A8FD-E', // Devanagari extended letters, 3 bytes
  'A900-9', // Kayah Li A900 digits, 3 bytes
  'A90A-25', // Kayah Li extended letters, 3 bytes
  'A926-A', // Kayah Li class 0 marks, 3 bytes
  'A930-46', // Rejang extended letters, 3 bytes
  'A947-52', // Rejang class 0 marks, 3 bytes
  'A980-3 A9B4-F', // Javanese class 0 marks, 3 bytes
  'A984-B2', // Javanese main letters, 3 bytes
  'A9D0-9', // Javanese A9D0 digits, 3 bytes
  'A9F0-9', // Myanmar A9F0 digits, 3 bytes
  'AA00-28 AA40-2 AA44-B', // Cham main letters, 3 bytes
  'AA29-36 AA43 AA4C-D', // Cham class 0 marks, 3 bytes
  'AA50-9', // Cham AA50 digits, 3 bytes
  'AA80-AF AAB1 AAB5-6 AAB9-D AAC0 AAC2 AADB-D', // Tai Viet main letters, 3 bytes
  'AAB0 AAB2-3 AAB7-8 AABE-F AAC1', // Tai Viet class 0300 marks, 3 bytes
  'AAE0-A AAF2-4 ABC0-E2', // Meetei Mayek main letters, 3 bytes
  'AAEB-F AAF5 ABE3-A ABEC', // Meetei Mayek class 0 marks, 3 bytes
  'AB30-5A AB60-4 AB66-8', // Latin extended E small letters, 3 bytes
  'AB5C-F AB69', // Latin extended E letters, 3 bytes
  'AB70-BF', // Cherokee extended E small letters, 3 bytes
  'ABF0-9', // Meetei Mayek ABF0 digits, 3 bytes
  'AC00-D7A3', // Hangul main letters, 3 bytes
  'FA0E-F FA11 FA13-4 FA1F-23/2 FA24 FA27-9', // Han compatible letters, 3 bytes
  'FB00-6', // Latin presentation A small letters, 3 bytes
  'FB13-7', // Armenian presentation A small letters, 3 bytes
  'FB20-8 FB4F', // Hebrew presentation A letters, 3 bytes
  'FB50-B1 FBD3-D3D FD50-8F FD92-C7 FDF0-B', // Arabic presentation A letters, 3 bytes
  'FE70-4 FE76-FC', // Arabic presentation B letters, 3 bytes
  'FF10-9', // Common FF10 digits, 3 bytes
  'FF21-3A', // Latin width capitals, 3 bytes
  'FF41-5A', // Latin width small letters, 3 bytes
  'FF66-9F', // Katakana width letters, 3 bytes
  'FFA1-BE FFC2-7 FFCA-F FFD2-7 FFDA-C', // Hangul width letters, 3 bytes
  '10000-B 1000D-26 10028-3A 1003C-D 1003F-4D 10050-D 10080-FA', // Linear B main letters, 4 bytes
  '10107-33 102E1-FB 1D2C0-D3 1D2E0-F3 1D360-78 1EC71-AB 1ECAD-F 1ECB1-4 1ED01-2D 1ED2F-3D', // Common main numbers, 4 bytes
  '10140-78 1018A-B', // Greek main numbers, 4 bytes
  '101FD 102E0 1D17B-82 1D18A-B', // Inherited class 0316 marks, 4 bytes
  '10280-9C', // Lycian main letters, 4 bytes
  '102A0-D0', // Carian main letters, 4 bytes
  '10300-1F 1032D-F', // Old Italic main letters, 4 bytes
  '10330-40 10342-9', // Gothic main letters, 4 bytes
  '10350-75', // Old Permic main letters, 4 bytes
  '10376-A', // Old Permic class 0300 marks, 4 bytes
  '10380-9D', // Ugaritic main letters, 4 bytes
  '103A0-C3 103C8-F', // Old Persian main letters, 4 bytes
  '103D1-5', // Old Persian main numbers, 4 bytes
  '10400-27', // Deseret main capitals, 4 bytes
  '10428-4F', // Deseret main small letters, 4 bytes
  '10450-7F', // Shavian main letters, 4 bytes
  '10480-9D', // Osmanya main letters, 4 bytes
  '104A0-9', // Osmanya 104A0 digits, 4 bytes
  '104B0-D3', // Osage main capitals, 4 bytes
  '104D8-FB', // Osage main small letters, 4 bytes
  '10500-27', // Elbasan main letters, 4 bytes
  '10530-63', // Caucasian Albanian main letters, 4 bytes
  '10570-A 1057C-8A 1058C-92 10594-5', // Vithkuqi main capitals, 4 bytes
  '10597-A1 105A3-B1 105B3-9 105BB-C', // Vithkuqi main small letters, 4 bytes
  '10600-736 10740-55 10760-7', // Linear A main letters, 4 bytes
  '10780-5 10787-B0 107B2-A 1DF0A', // Latin main letters, 4 bytes
  '10800-5 10808 1080A-35 10837-8 1083C 1083F', // Cypriot main letters, 4 bytes
  '10840-55', // Imperial Aramaic main letters, 4 bytes
  '10858-F', // Imperial Aramaic main numbers, 4 bytes
  '10860-76', // Palmyrene main letters, 4 bytes
  '10879-F', // Palmyrene main numbers, 4 bytes
  '10880-9E', // Nabataean main letters, 4 bytes
  '108A7-F', // Nabataean main numbers, 4 bytes
  '108E0-F2 108F4-5', // Hatran main letters, 4 bytes
  '108FB-F', // Hatran main numbers, 4 bytes
  '10900-15', // Phoenician main letters, 4 bytes
  '10916-B', // Phoenician main numbers, 4 bytes
  '10920-39', // Lydian main letters, 4 bytes
  '10980-9F', // Meroitic Hieroglyphs main letters, 4 bytes
  '109A0-B7 109BE-F', // Meroitic Cursive main letters, 4 bytes
  '109BC-D 109C0-F 109D2-FF', // Meroitic Cursive main numbers, 4 bytes
  '10A00 10A10-3 10A15-7 10A19-35', // Kharoshthi main letters, 4 bytes
  '10A01-3 10A05-6 10A0C 10A0E', // Kharoshthi class 0 marks, 4 bytes
  '10A40-8', // Kharoshthi main numbers, 4 bytes
  '10A60-7C', // Old South Arabian main letters, 4 bytes
  '10A80-9C', // Old North Arabian main letters, 4 bytes
  '10AC0-7 10AC9-E4', // Manichaean main letters, 4 bytes
  '10AEB-F', // Manichaean main numbers, 4 bytes
  '10B00-35', // Avestan main letters, 4 bytes
  '10B40-55', // Inscriptional Parthian main letters, 4 bytes
  '10B58-F', // Inscriptional Parthian main numbers, 4 bytes
  '10B60-72', // Inscriptional Pahlavi main letters, 4 bytes
  '10B78-F', // Inscriptional Pahlavi main numbers, 4 bytes
  '10B80-91', // Psalter Pahlavi main letters, 4 bytes
  '10BA9-F', // Psalter Pahlavi main numbers, 4 bytes
  '10C00-48', // Old Turkic main letters, 4 bytes
  '10C80-B2', // Old Hungarian main capitals, 4 bytes
  '10CC0-F2', // Old Hungarian main small letters, 4 bytes
  '10CFA-F', // Old Hungarian main numbers, 4 bytes
  '10D00-23', // Hanifi Rohingya main letters, 4 bytes
  '10D30-9', // Hanifi Rohingya 10D30 digits, 4 bytes
  '10E60-7E', // Arabic main numbers, 4 bytes
  '10E80-A9 10EB0-1', // Yezidi main letters, 4 bytes
  '10EC2-7', // Arabic main letters, 4 bytes
  '10EFA-B 10EFD-F', // Arabic class 0316 marks, 4 bytes
  '10F00-1C 10F27', // Old Sogdian main letters, 4 bytes
  '10F1D-26', // Old Sogdian main numbers, 4 bytes
  '10F30-45', // Sogdian main letters, 4 bytes
  '10F46-7 10F4B 10F4D-50', // Sogdian class 0316 marks, 4 bytes
  '10F70-81', // Old Uyghur main letters, 4 bytes
  '10FB0-C4', // Chorasmian main letters, 4 bytes
  '10FC5-B', // Chorasmian main numbers, 4 bytes
  '10FE0-F6', // Elymaic main letters, 4 bytes
  '11000-2 11038-45 11073-4', // Brahmi class 0 marks, 4 bytes
  '11003-37 11071-2 11075', // Brahmi main letters, 4 bytes
  '11052-65', // Brahmi main numbers, 4 bytes
  '11066-F', // Brahmi 11066 digits, 4 bytes
  '11080-2 110B0-8 110C2', // Kaithi class 0 marks, 4 bytes
  '11083-AF', // Kaithi main letters, 4 bytes
  '110D0-E8', // Sora Sompeng main letters, 4 bytes
  '110F0-9', // Sora Sompeng 110F0 digits, 4 bytes
  '11103-26 11144 11147', // Chakma main letters, 4 bytes
  '11128-32 11145-6', // Chakma class 0 marks, 4 bytes
  '11136-F', // Chakma 11136 digits, 4 bytes
  '11150-72 11176', // Mahajani main letters, 4 bytes
  '11180-2 111B3-F 111C9 111CB-C 111CE-F 11B60-7', // Sharada class 0 marks, 4 bytes
  '11183-B2 111C1-4 111DA 111DC', // Sharada main letters, 4 bytes
  '111D0-9', // Sharada 111D0 digits, 4 bytes
  '111E1-F4', // Sinhala main numbers, 4 bytes
  '11200-11 11213-2B 1123F-40', // Khojki main letters, 4 bytes
  '1122C-34 11237 1123E 11241', // Khojki class 0 marks, 4 bytes
  '11280-6 11288 1128A-D 1128F-9D 1129F-A8', // Multani main letters, 4 bytes
  '112B0-DE', // Khudawadi main letters, 4 bytes
  '112DF-E8', // Khudawadi class 0 marks, 4 bytes
  '112F0-9', // Khudawadi 112F0 digits, 4 bytes
  '11300-3 1133F-44 11347-8 1134B-C 11362-3', // Grantha class 0 marks, 4 bytes
  '11305-C 1130F-10 11313-28 1132A-30 11332-3 11335-9 1133D 11350 1135D-61', // Grantha main letters, 4 bytes
  '11366-C 11370-4', // Grantha class 0300 marks, 4 bytes
  '11400-34 11447-A 1145F-61', // Newa main letters, 4 bytes
  '11435-41 11443-5', // Newa class 0 marks, 4 bytes
  '11450-9', // Newa 11450 digits, 4 bytes
  '11480-AF 114C4-5 114C7', // Tirhuta main letters, 4 bytes
  '114B1-9 114BB-C 114BE-C1', // Tirhuta class 0 marks, 4 bytes
  '114D0-9', // Tirhuta 114D0 digits, 4 bytes
  '11580-AE 115D8-B', // Siddham main letters, 4 bytes
  '115B0-5 115B8-E 115DC-D', // Siddham class 0 marks, 4 bytes
  '11600-2F 11644', // Modi main letters, 4 bytes
  '11630-E 11640', // Modi class 0 marks, 4 bytes
  '11650-9', // Modi 11650 digits, 4 bytes
  '11680-AA 116B8', // Takri main letters, 4 bytes
  '116AB-B5', // Takri class 0 marks, 4 bytes
  '116C0-9', // Takri 116C0 digits, 4 bytes
  '116D0-9', // Myanmar 116D0 digits, 4 bytes
  '116DA-E3', // Myanmar 116DA digits, 4 bytes
  '11700-1A 11740-6', // Ahom main letters, 4 bytes
  '1171D-2A', // Ahom class 0 marks, 4 bytes
  '11730-9', // Ahom 11730 digits, 4 bytes
  '11800-2B', // Dogra main letters, 4 bytes
  '1182C-38', // Dogra class 0 marks, 4 bytes
  '118A0-BF 118FF', // Warang Citi main capitals, 4 bytes
  '118C0-DF', // Warang Citi main small letters, 4 bytes
  '118E0-9', // Warang Citi 118E0 digits, 4 bytes
  '118EA-F2', // Warang Citi main numbers, 4 bytes
  '11900-6 11909 1190C-13 11915-6 11918-2F 1193F 11941', // Dives Akuru main letters, 4 bytes
  '11931-5 11937-8 1193B-C 11940 11942', // Dives Akuru class 0 marks, 4 bytes
  '11950-9', // Dives Akuru 11950 digits, 4 bytes
  '119A0-7 119AA-D0 119E1 119E3', // Nandinagari main letters, 4 bytes
  '119D1-7 119DA-F 119E4', // Nandinagari class 0 marks, 4 bytes
  '11A00 11A0B-32 11A3A', // Zanabazar Square main letters, 4 bytes
  '11A01-A 11A33 11A35-9 11A3B-E', // Zanabazar Square class 0 marks, 4 bytes
  '11A50 11A5C-89 11A9D', // Soyombo main letters, 4 bytes
  '11A51-B 11A8A-98', // Soyombo class 0 marks, 4 bytes
  '11AB0-F', // Canadian Aboriginal main letters, 4 bytes
  '11AC0-F8', // Pau Cin Hau main letters, 4 bytes
  '11C00-8 11C0A-2E 11C40', // Bhaiksuki main letters, 4 bytes
  '11C2F-36 11C38-E', // Bhaiksuki class 0 marks, 4 bytes
  '11C50-9', // Bhaiksuki 11C50 digits, 4 bytes
  '11C5A-6C', // Bhaiksuki main numbers, 4 bytes
  '11C72-8F', // Marchen main letters, 4 bytes
  '11C92-A7 11CA9-B6', // Marchen class 0 marks, 4 bytes
  '11D00-6 11D08-9 11D0B-30 11D46', // Masaram Gondi main letters, 4 bytes
  '11D31-6 11D3A 11D3C-D 11D3F-41 11D43 11D47', // Masaram Gondi class 0 marks, 4 bytes
  '11D50-9', // Masaram Gondi 11D50 digits, 4 bytes
  '11D60-5 11D67-8 11D6A-89 11D98', // Gunjala Gondi main letters, 4 bytes
  '11D8A-E 11D90-1 11D93-6', // Gunjala Gondi class 0 marks, 4 bytes
  '11DA0-9', // Gunjala Gondi 11DA0 digits, 4 bytes
  '11EE0-F2', // Makasar main letters, 4 bytes
  '11F00-1 11F03 11F34-A 11F3E-40 11F5A', // Kawi class 0 marks, 4 bytes
  '11F02 11F04-10 11F12-33', // Kawi main letters, 4 bytes
  '11F50-9', // Kawi 11F50 digits, 4 bytes
  '11FC0-D4', // Tamil main numbers, 4 bytes
  '12000-399 12480-543', // Cuneiform main letters, 4 bytes
  '12400-6E', // Cuneiform main numbers, 4 bytes
  '12F90-F0', // Cypro Minoan main letters, 4 bytes
  '13000-42F 13441-6 13460-43FA', // Egyptian Hieroglyphs main letters, 4 bytes
  '13440 13447-55', // Egyptian Hieroglyphs class 0 marks, 4 bytes
  '14400-646', // Anatolian Hieroglyphs main letters, 4 bytes
  '16800-A38', // Bamum main letters, 4 bytes
  '16A40-5E', // Mro main letters, 4 bytes
  '16A60-9', // Mro 16A60 digits, 4 bytes
  '16A70-BE', // Tangsa main letters, 4 bytes
  '16AC0-9', // Tangsa 16AC0 digits, 4 bytes
  '16AD0-ED', // Bassa Vah main letters, 4 bytes
  '16AF0-4', // Bassa Vah class 0334 marks, 4 bytes
  '16B00-2F 16B40-3 16B63-77 16B7D-8F', // Pahawh Hmong main letters, 4 bytes
  '16B30-6', // Pahawh Hmong class 0300 marks, 4 bytes
  '16B50-9', // Pahawh Hmong 16B50 digits, 4 bytes
  '16B5B-61', // Pahawh Hmong main numbers, 4 bytes
  '16E40-5F', // Medefaidrin main capitals, 4 bytes
  '16E60-7F', // Medefaidrin main small letters, 4 bytes
  '16E80-96', // Medefaidrin main numbers, 4 bytes
  '16F00-4A 16F50 16F93-F', // Miao main letters, 4 bytes
  '16F4F 16F51-87 16F8F-92', // Miao class 0 marks, 4 bytes
  '16FE0 17000-8AFF 18D00-1E 18D80-F2', // Tangut main letters, 4 bytes
  '16FE1 1B170-2FB', // Nushu main letters, 4 bytes
  '16FE3 16FF2-3 20000-A6DF', // Han extension B letters, 4 bytes
  '18B00-CD5 18CFF', // Khitan Small Script main letters, 4 bytes
  '1AFF0-3 1AFF5-B 1AFFD-E 1B000 1B120-2 1B155 1B164-7', // Katakana main letters, 4 bytes
  '1B001-11F 1B132 1B150-2', // Hiragana main letters, 4 bytes
  '1BC00-6A 1BC70-C 1BC80-8 1BC90-9', // Duployan main letters, 4 bytes
  '1CCF0-9', // Common 1CCF0 digits, 4 bytes
  '1CF00-2D 1CF30-46', // Inherited class 0 marks, 4 bytes
  '1D165-6 1D16E-72', // Common class 031B marks, 4 bytes
  '1D185-9 1D1AA-D', // Inherited class 0300 marks, 4 bytes
  '1D400-19 1D434-4D 1D468-81 1D49C 1D49E-F 1D4A2 1D4A5-6 1D4A9-C 1D4AE-B5 1D4D0-E9 1D504-5 1D507-A 1D50D-14 1D516-C 1D538-9 1D53B-E 1D540-4 1D546 1D54A-50 1D56C-85 1D5A0-B9 1D5D4-ED 1D608-21 1D63C-55 1D670-89 1D6A8-C0 1D6E2-FA 1D71C-34 1D756-6E 1D790-A8 1D7CA', // Common mathematical capitals, 4 bytes
  '1D41A-33 1D44E-54 1D456-67 1D482-9B 1D4B6-9 1D4BB 1D4BD-C3 1D4C5-F 1D4EA-503 1D51E-37 1D552-6B 1D586-9F 1D5BA-D3 1D5EE-607 1D622-3B 1D656-6F 1D68A-A5 1D6C2-DA 1D6DC-E1 1D6FC-714 1D716-B 1D736-4E 1D750-5 1D770-88 1D78A-F 1D7AA-C2 1D7C4-9 1D7CB', // Common mathematical small letters, 4 bytes
  '1D7CE-D7', // Common 1D7CE digits, 4 bytes
  '1D7D8-E1', // Common 1D7D8 digits, 4 bytes
  '1D7E2-B', // Common 1D7E2 digits, 4 bytes
  '1D7EC-F5', // Common 1D7EC digits, 4 bytes
  '1D7F6-F', // Common 1D7F6 digits, 4 bytes
  '1DA00-36 1DA3B-6C 1DA75 1DA84 1DA9B-F 1DAA1-F', // SignWriting class 0 marks, 4 bytes
  '1DF00-9 1DF0B-1E 1DF25-A', // Latin mathematical small letters, 4 bytes
  '1E000-6 1E008-18 1E01B-21 1E023-4 1E026-A', // Glagolitic class 0300 marks, 4 bytes
  '1E030-6D', // Cyrillic main letters, 4 bytes
  '1E100-2C 1E137-D 1E14E', // Nyiakeng Puachue Hmong main letters, 4 bytes
  '1E130-6', // Nyiakeng Puachue Hmong class 0300 marks, 4 bytes
  '1E140-9', // Nyiakeng Puachue Hmong 1E140 digits, 4 bytes
  '1E290-AD', // Toto main letters, 4 bytes
  '1E2C0-EB', // Wancho main letters, 4 bytes
  '1E2F0-9', // Wancho 1E2F0 digits, 4 bytes
  '1E4D0-EB', // Nag Mundari main letters, 4 bytes
  '1E4F0-9', // Nag Mundari 1E4F0 digits, 4 bytes
  '1E7E0-6 1E7E8-B 1E7ED-E 1E7F0-E', // Ethiopic main letters, 4 bytes
  '1E800-C4', // Mende Kikakui main letters, 4 bytes
  '1E8C7-F', // Mende Kikakui main numbers, 4 bytes
  '1E8D0-6', // Mende Kikakui class 0316 marks, 4 bytes
  '1E900-21 1E94B', // Adlam main capitals, 4 bytes
  '1E922-43', // Adlam main small letters, 4 bytes
  '1E944-9', // Adlam class 0300 marks, 4 bytes
  '1E950-9', // Adlam 1E950 digits, 4 bytes
  '1EE00-3 1EE05-1F 1EE21-2 1EE24 1EE27 1EE29-32 1EE34-7 1EE39 1EE3B 1EE42 1EE47-D/2 1EE4E-F 1EE51-2 1EE54 1EE57-61/2 1EE62 1EE64 1EE67-A 1EE6C-72 1EE74-7 1EE79-C 1EE7E 1EE80-9 1EE8B-9B 1EEA1-3 1EEA5-9 1EEAB-BB', // Arabic mathematical letters, 4 bytes
  '1F100-C', // Common signs numbers, 4 bytes
  '1FBF0-9', // Common 1FBF0 digits, 4 bytes
  '2A700-B81D 2B820-CEAD 2CEB0-EBE0 2EBF0-E5D', // Han extensions C to F letters, 4 bytes
  '30000-134A 31350-3479', // Han extensions G to J letters, 4 bytes
];

/** Characters that compose with one before them. They stay where they are. */
export const COMPOSERS =
  '300-4 306-C 30F-13/2 314 31B 323-8 32D-E 330-1 338 342 345 653-5 93C 9BE 9D7 B3E B56-7 BBE BD7 C56 CC2 CD5-6 D3E D57 DCA DCF DDF 102E 1161-75 11A8-C2 1B35 3099-A 110BA 11127 1133E 11357 113B8 113BB 113C2 113C9 114B0 114BA 114BD 115AF 11930 1611E-20 16129 16D67';
