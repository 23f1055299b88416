// Kinds of characters, of which each is replaced by another of its kind. FROZEN: a character's numeral is its rank in its
// kind, and a kind's number is its place in this list, so any change makes tokens unreadable. A newer version of Unicode
// gets a list of its own, under a new name.
//
// Derived from the properties of Unicode 17.0 by test/support/unicode-kinds.ts: letters, numbers and marks by script,
// area of code points, group and length in UTF-8. Each equals its own NFC form, and none composes with one before it.

/**
 * Code points in hexadecimal, ascending: `41-5A`, `100-36/2` for every second one. The end of a range leaves out the digits
 * in which it begins like its start, and a start those of the start before it: `1E290-AD C0` are 1E290 to 1E2AD, and 1E2C0.
 */
export const KINDS: readonly string[] = [
  '30-9', // Common 0030 digits, 1 byte
  '41-5A', // Latin basic capitals, 1 byte
  '61-7A', // Latin basic small letters, 1 byte
  'AA BA 294-5 B0-8 E0-4', // Latin phonetic letters, 2 bytes
  'B2-3 9 C-E', // Common Latin-1 numbers, 2 bytes
  'B5 2B9-C1 C6-D1 EC E', // Common phonetic letters, 2 bytes
  'C0-D6 D8-E', // Latin Latin-1 capitals, 2 bytes
  'DF-F6 F8-F', // Latin Latin-1 small letters, 2 bytes
  '100-36/2 39-47/2 4A-78/2 79-D/2', // Latin extended A capitals, 2 bytes
  '101-37/2 38-48/2 49-77/2 7A-E/2 F', // Latin extended A small letters, 2 bytes
  '180 3 5 8 C-D 92 5 9-B E A1-5/2 8 A-B D B0 4 6 9-A D-F C6 9 C-DC/2 DD-EF/2 F0 3 5 9-233/2 234-9 C F-40 42 7-F/2', // Latin extended B small letters, 2 bytes
  '181-2 4 6-7 9-B E-91 93-4 6-8 C-D F-A0 A2-6/2 7 9 C E-F B1-3 5 7-8 C C4-5 7-8 A-B D-DB/2 DE-EE/2 F1-2 4 6-8 A-232/2 23A-B D-E 41 3-6 8-E/2', // Latin extended B capitals, 2 bytes
  '1BB C0-3', // Latin extended B letters, 2 bytes
  '250-93 96-AF', // Latin phonetic small letters, 2 bytes
  '305 D-E 10 2 3D-F 46 A-C 50-2 7 B 63-F 485-6', // Inherited class 0300 marks, 2 bytes
  '316-9 C-20 29-C F 32-3 9-C 47-9 D-E 53-6 9-A', // Inherited class 0316 marks, 2 bytes
  '370 2 6 F 86 8-A C E-F 91-A1 A3-B CF D2-4 8-E0/2 F4 7 9-A D-F', // Greek main capitals, 2 bytes
  '371 3 7 A-D 90 AC-CE D0-1 5-7 9-E1/2 F0-3 5 8 B-C', // Greek main small letters, 2 bytes
  '3E2-E/2', // Coptic main capitals, 2 bytes
  '3E3-F/2', // Coptic main small letters, 2 bytes
  '400-F', // Cyrillic Slavic capitals, 2 bytes
  '410-2F', // Cyrillic main capitals, 2 bytes
  '430-4F', // Cyrillic main small letters, 2 bytes
  '450-F', // Cyrillic Slavic small letters, 2 bytes
  '460-80/2 8A-C0/2 C1-D/2 D0-52E/2', // Cyrillic extended capitals, 2 bytes
  '461-81/2 8B-BF/2 C2-E/2 F-52F/2', // Cyrillic extended small letters, 2 bytes
  '531-56', // Armenian main capitals, 2 bytes
  '559 60-88', // Armenian main small letters, 2 bytes
  '591 6 B A2-7 A C5', // Hebrew class 0316 marks, 2 bytes
  '592-5 7-9 C-A1 A8-9 B-C F C4', // Hebrew class 0300 marks, 2 bytes
  '5D0-EA EF-F2', // Hebrew main letters, 2 bytes
  '610-7 57-B D-E D6-C F-E2 E4 7-8 B-C', // Arabic class 0300 marks, 2 bytes
  '620-4A', // Arabic main letters, 2 bytes
  '656 C F E3 A D', // Arabic class 0316 marks, 2 bytes
  '660-9', // Arabic 0660 digits, 2 bytes
  '66E-F 71-D3 D5 E5-6 E-F FA-C F', // Arabic extended letters, 2 bytes
  '6F0-9', // Arabic 06F0 digits, 2 bytes
  '710 2-2F 4D-F', // Syriac main letters, 2 bytes
  '730 2-3 5-6 A D F-41 43-9/2 A', // Syriac class 0300 marks, 2 bytes
  '731 4 7-9 B-C E 42-8/2', // Syriac class 0316 marks, 2 bytes
  '750-7F', // Arabic supplement letters, 2 bytes
  '780-A5 B1', // Thaana main letters, 2 bytes
  '7A6-B0', // Thaana class 0 marks, 2 bytes
  '7C0-9', // Nko 07C0 digits, 2 bytes
  '7CA-EA F4-5 A', // Nko main letters, 2 bytes
  '7EB-F1 F3', // Nko class 0300 marks, 2 bytes
  '800-15 1A 24 8', // Samaritan main letters, 3 bytes
  '816-9 B-23 25-7 9-D', // Samaritan class 0300 marks, 3 bytes
  '840-58', // Mandaic main letters, 3 bytes
  '860-A', // Syriac main letters, 3 bytes
  '870-87 89-F A0-C9', // Arabic main letters, 3 bytes
  '897-8 C-F CA-E D4-E1 E4-5 7-8 A-C F3-5 7-8 B-F', // Arabic class 0300 marks, 3 bytes
  '899-B CF-D3 E3 6 9 D-F F6 9-A', // Arabic class 0316 marks, 3 bytes
  '900-3 3A-B E-4C 4E-F 55-7 62-3 A8FF', // Devanagari class 0 marks, 3 bytes
  '904-39 3D 50 60-1 71-F', // Devanagari main letters, 3 bytes
  '951 3-4 1AB0-4 B-C C1-2 5-9 B-DC E0-5 7-A CD0-2 A-B E0 F4 8-9 DC0-1 3-9 B-C D1-F5 FB E 20D0-1 4-7 B-C E1 7 9 F0 FE20-6', // Inherited class 0300 marks, 3 bytes
  '952 1AB5-A D F-C0 C3-4 A DD E6 CD5-9 C-F ED DC2 A F F9 D F 20E8 C-F FE27-D', // Inherited class 0316 marks, 3 bytes
  '966-F', // Devanagari 0966 digits, 3 bytes
  '980 5-C F-90 93-A8 AA-B0 B2 6-9 D CE E0-1 F0-1 C', // Bengali main letters, 3 bytes
  '981-3 BF-C4 C7-8 B-C E2-3', // Bengali class 0 marks, 3 bytes
  '9E6-F', // Bengali 09E6 digits, 3 bytes
  '9F4-9', // Bengali main numbers, 3 bytes
  'A01-3 3E-42 47-8 B-C 51 70-1 5', // Gurmukhi class 0 marks, 3 bytes
  'A05-A F-10 13-28 2A-30 32 5 8-9 5C 72-4', // Gurmukhi main letters, 3 bytes
  'A66-F', // Gurmukhi 0A66 digits, 3 bytes
  'A81-3 BE-C5 C7-9 B-C E2-3 FA-F', // Gujarati class 0 marks, 3 bytes
  'A85-D F-91 93-A8 AA-B0 B2-3 5-9 D D0 E0-1 F9', // Gujarati main letters, 3 bytes
  'AE6-F', // Gujarati 0AE6 digits, 3 bytes
  'B01-3 3F-44 47-8 B-C 55 62-3', // Oriya class 0 marks, 3 bytes
  'B05-C F-10 13-28 2A-30 32-3 5-9 D 5F-61 71', // Oriya main letters, 3 bytes
  'B66-F', // Oriya 0B66 digits, 3 bytes
  'B72-7', // Oriya main numbers, 3 bytes
  'B82 BF-C2 C6-8 A-C', // Tamil class 0 marks, 3 bytes
  'B83 5-A E-90 92-5 9-A C E-F A3-4 8-A E-B9 D0', // Tamil main letters, 3 bytes
  'BE6-F', // Tamil 0BE6 digits, 3 bytes
  'C00-4 3E-44 46-8 A-C 62-3', // Telugu class 0 marks, 3 bytes
  'C05-C E-10 12-28 2A-39 3D 58-A C-D 60-1', // Telugu main letters, 3 bytes
  'C66-F', // Telugu 0C66 digits, 3 bytes
  'C78-E', // Telugu main numbers, 3 bytes
  'C80 5-C E-90 92-A8 AA-B3 B5-9 D DC-E E0-1 F1-2', // Kannada main letters, 3 bytes
  'C81-3 BE-C1 C3-4 6-8 A-C E2-3 F3', // Kannada class 0 marks, 3 bytes
  'CE6-F', // Kannada 0CE6 digits, 3 bytes
  'D00-3 3F-44 46-8 A-C 62-3', // Malayalam class 0 marks, 3 bytes
  'D04-C E-10 12-3A 3D 4E 54-6 F-61 7A-F', // Malayalam main letters, 3 bytes
  'D58-E 70-8', // Malayalam main numbers, 3 bytes
  'D66-F', // Malayalam 0D66 digits, 3 bytes
  'D81-3 D0-4 6 8-E F2-3', // Sinhala class 0 marks, 3 bytes
  'D85-96 9A-B1 B3-B D C0-6', // Sinhala main letters, 3 bytes
  'DE6-F', // Sinhala 0DE6 digits, 3 bytes
  'E01-30 32-3 40-6', // Thai main letters, 3 bytes
  'E31 4-7 47 C-E', // Thai class 0 marks, 3 bytes
  'E50-9', // Thai 0E50 digits, 3 bytes
  'E81-2 4 6-A C-A3 A5 7-B0 B2-3 D C0-4 6 DC-F', // Lao main letters, 3 bytes
  'EB1 4-7 B-C CC-E', // Lao class 0 marks, 3 bytes
  'ED0-9', // Lao 0ED0 digits, 3 bytes
  'F00 40-2 4-7 9-C E-51 53-6 8-B D-68 6A-C 88-C', // Tibetan main letters, 3 bytes
  'F18-9 35 7 C6', // Tibetan class 0316 marks, 3 bytes
  'F20-9', // Tibetan 0F20 digits, 3 bytes
  'F2A-33', // Tibetan main numbers, 3 bytes
  'F3E-F 77 9 E-F 8D-92 94-7 9-C E-A1 A3-6 8-B D-B8 BA-C', // Tibetan class 0 marks, 3 bytes
  'F72 A-D 80', // Tibetan class 0F72 marks, 3 bytes
  '1000-2A 3F 50-5 A-D 61 5-6 E-70 75-81 8E A9E0-4 6-F FA-E A60-76 7A E-F', // Myanmar main letters, 3 bytes
  '102B-D F-36 38 B-E 56-9 E-60 62-4 7-D 71-4 82-C F 9A-D A9E5 A7B-D', // Myanmar class 0 marks, 3 bytes
  '1040-9', // Myanmar 1040 digits, 3 bytes
  '1090-9', // Myanmar 1090 digits, 3 bytes
  '10A0-C5 C7 D', // Georgian main capitals, 3 bytes
  '10D0-FA FC-F 2D00-25 27 D', // Georgian main small letters, 3 bytes
  '1100-5E 76-A7 C3-FF A960-7C D7B0-C6 CB-FB', // Hangul jamo letters, 3 bytes
  '1200-48 4A-D 50-6 8 A-D 60-88 8A-D 90-B0 B2-5 8-E C0 2-5 8-D6 D8-310 312-5 8-5A 80-F 2D80-96 A0-6 8-E B0-6 8-E C0-6 8-E D0-6 8-E AB01-6 9-E 11-6 20-6 8-E', // Ethiopic main letters, 3 bytes
  '1369-7C', // Ethiopic main numbers, 3 bytes
  '13A0-F5', // Cherokee main capitals, 3 bytes
  '13F8-D', // Cherokee main small letters, 3 bytes
  '1401-66C 66F-7F 8B0-F5', // Canadian Aboriginal main letters, 3 bytes
  '1681-9A', // Ogham main letters, 3 bytes
  '16A0-EA F1-8', // Runic main letters, 3 bytes
  '1700-11 1F', // Tagalog main letters, 3 bytes
  '1720-31', // Hanunoo main letters, 3 bytes
  '1740-51', // Buhid main letters, 3 bytes
  '1760-C E-70', // Tagbanwa main letters, 3 bytes
  '1780-B3 D7 C', // Khmer main letters, 3 bytes
  '17B6-D1 D3', // Khmer class 0 marks, 3 bytes
  '17E0-9', // Khmer 17E0 digits, 3 bytes
  '17F0-9', // Khmer main numbers, 3 bytes
  '1810-9', // Mongolian 1810 digits, 3 bytes
  '1820-78 80-4 7-A8 AA', // Mongolian main letters, 3 bytes
  '1900-1E', // Limbu main letters, 3 bytes
  '1920-B 30-8', // Limbu class 0 marks, 3 bytes
  '1946-F', // Limbu 1946 digits, 3 bytes
  '1950-6D 70-4', // Tai Le main letters, 3 bytes
  '1980-AB B0-C9', // New Tai Lue main letters, 3 bytes
  '19D0-9', // New Tai Lue 19D0 digits, 3 bytes
  '1A00-16', // Buginese main letters, 3 bytes
  '1A20-54 A7', // Tai Tham main letters, 3 bytes
  '1A55-E 61-74', // Tai Tham class 0 marks, 3 bytes
  '1A75-C', // Tai Tham class 0300 marks, 3 bytes
  '1A80-9', // Tai Tham 1A80 digits, 3 bytes
  '1A90-9', // Tai Tham 1A90 digits, 3 bytes
  '1ABE 20DD-E0 E2-4', // Inherited class 0 marks, 3 bytes
  '1B00-4 36-43', // Balinese class 0 marks, 3 bytes
  '1B05-33 45-C', // Balinese main letters, 3 bytes
  '1B50-9', // Balinese 1B50 digits, 3 bytes
  '1B6B D-73', // Balinese class 0300 marks, 3 bytes
  '1B80-2 A1-9 C-D', // Sundanese class 0 marks, 3 bytes
  '1B83-A0 AE-F BA-F', // Sundanese main letters, 3 bytes
  '1BB0-9', // Sundanese 1BB0 digits, 3 bytes
  '1BC0-E5', // Batak main letters, 3 bytes
  '1BE7-F1', // Batak class 0 marks, 3 bytes
  '1C00-23 4D-F', // Lepcha main letters, 3 bytes
  '1C24-36', // Lepcha class 0 marks, 3 bytes
  '1C40-9', // Lepcha 1C40 digits, 3 bytes
  '1C50-9', // Ol Chiki 1C50 digits, 3 bytes
  '1C5A-7D', // Ol Chiki main letters, 3 bytes
  '1C80-8 A A641-6D/2 81-9B/2', // Cyrillic extended small letters, 3 bytes
  '1C89 A640-6C/2 80-9A/2', // Cyrillic extended capitals, 3 bytes
  '1C90-BA BD-F', // Georgian extended capitals, 3 bytes
  '1CD4 E2-8 20D2-3 8-A E5-6 A-B', // Inherited class 0334 marks, 3 bytes
  '1CE9-C E-F3 F5-6 A 2135-8 A717-F 88', // Common extended letters, 3 bytes
  '1D00-25 6B-77 79-9A', // Latin phonetic small letters, 3 bytes
  '1D26-A', // Greek phonetic small letters, 3 bytes
  '1D2B 78 A66E 7F 9C-D', // Cyrillic other letters, 3 bytes
  '1D2C-5C 62-5 9B-BE 2132 4E 83-4 C7C-D', // Latin phonetic letters, 3 bytes
  '1D5D-61 66-A BF AB65', // Greek phonetic letters, 3 bytes
  '1E00-94/2 9E-FE/2', // Latin additional capitals, 3 bytes
  '1E01-95/2 96-D F-FF/2', // Latin additional small letters, 3 bytes
  '1F00-7 10-5 20-7 30-7 40-5 50-7 60-7 70-C/2 80-7 90-7 A0-7 B0-4 6-7 C2-4 6-7 D0-2 6-7 E0-2 4-7 F2-4 6-7', // Greek extended small letters, 3 bytes
  '1F08-F 18-D 28-F 38-F 48-D 59-F/2 68-F 88-F 98-F A8-F B8-A C C8-C/2 D8-A E8-A C F8-C/2', // Greek extended capitals, 3 bytes
  '2070 4-9 80-9 150-F 89 460-9B EA-FF 776-93 3220-9 48-F 51-F 80-9 B1-F', // Common signs numbers, 3 bytes
  '2071 F 90-C', // Latin signs letters, 3 bytes
  '2102 7 B-D 10-2 5 9-D 24 8 C-D 30-1 3 E-F 45', // Common signs capitals, 3 bytes
  '210A E-F 13 2F 34 9 C-D 46-9', // Common signs small letters, 3 bytes
  '2160-82 85-8', // Latin signs numbers, 3 bytes
  '2C00-2F', // Glagolitic main capitals, 3 bytes
  '2C30-5F', // Glagolitic main small letters, 3 bytes
  '2C60 2-4 7-D/2 E-70 72 5 E-F', // Latin main capitals, 3 bytes
  '2C61 5-6 8-C/2 71 3-4 6-B', // Latin main small letters, 3 bytes
  '2C80-E2/2 EB D F2', // Coptic main capitals, 3 bytes
  '2C81-E3/2 E4 C E F3', // Coptic main small letters, 3 bytes
  '2D30-67 6F', // Tifinagh main letters, 3 bytes
  '2DE0-FF A66F 74-D 9E-F FE2E-F', // Cyrillic class 0300 marks, 3 bytes
  '2E2F 3006 31-5 C A9CF', // Common main letters, 3 bytes
  '3005 3B 4E00-9FFF', // Han main letters, 3 bytes
  '3007 21-9 38-A', // Han main numbers, 3 bytes
  '3041-96 9D-F', // Hiragana main letters, 3 bytes
  '30A1-FA FC-F', // Katakana main letters, 3 bytes
  '3105-2F', // Bopomofo main letters, 3 bytes
  '3131-63 65-8E', // Hangul compatible letters, 3 bytes
  '31A0-BF', // Bopomofo compatible letters, 3 bytes
  '31F0-F', // Katakana extended letters, 3 bytes
  '3400-4DBF', // Han extension A letters, 3 bytes
  'A000-48C', // Yi main letters, 3 bytes
  'A4D0-FD', // Lisu main letters, 3 bytes
  'A500-60C 610-F 2A-B', // Vai main letters, 3 bytes
  'A620-9', // Vai A620 digits, 3 bytes
  'A6A0-E5', // Bamum extended letters, 3 bytes
  'A6E6-F', // Bamum extended numbers, 3 bytes
  'A722-E/2 32-6E/2 79-D/2 E-86/2 8B D 90 2 6-AA/2 AB-E B0-4 6-C4/2 C5-7 9 B-C E-DC/2 F5', // Latin extended capitals, 3 bytes
  'A723-F/2 30-1 3-71/2 72-8 A C F-87/2 8C E 91 3-5 7-A9/2 AF B5-C3/2 C8 A D-DB/2 F6 A', // Latin extended small letters, 3 bytes
  'A770 8F F1-4 7-9 B-F', // Latin extended letters, 3 bytes
  'A800-1 3-5 7-A C-22', // Syloti Nagri extended letters, 3 bytes
  'A802 B 23-7', // Syloti Nagri class 0 marks, 3 bytes
  'A830-5', // Common extended numbers, 3 bytes
  'A840-73', // Phags Pa extended letters, 3 bytes
  'A880-1 B4-C3 C5', // Saurashtra class 0 marks, 3 bytes
  'A882-B3', // Saurashtra extended letters, 3 bytes
  'A8D0-9', // Saurashtra A8D0 digits, 3 bytes
  'A8E0-F1', // Devanagari class 0300 marks, 3 bytes
  'A8F2-7 B D-E', // Devanagari extended letters, 3 bytes
  'A900-9', // Kayah Li A900 digits, 3 bytes
  'A90A-25', // Kayah Li extended letters, 3 bytes
  'A926-A', // Kayah Li class 0 marks, 3 bytes
  'A930-46', // Rejang extended letters, 3 bytes
  'A947-52', // Rejang class 0 marks, 3 bytes
  'A980-3 B4-F', // Javanese class 0 marks, 3 bytes
  'A984-B2', // Javanese main letters, 3 bytes
  'A9D0-9', // Javanese A9D0 digits, 3 bytes
  'A9F0-9', // Myanmar A9F0 digits, 3 bytes
  'AA00-28 40-2 4-B', // Cham main letters, 3 bytes
  'AA29-36 43 C-D', // Cham class 0 marks, 3 bytes
  'AA50-9', // Cham AA50 digits, 3 bytes
  'AA80-AF B1 5-6 9-D C0 2 DB-D', // Tai Viet main letters, 3 bytes
  'AAB0 2-3 7-8 E-F C1', // Tai Viet class 0300 marks, 3 bytes
  'AAE0-A F2-4 BC0-E2', // Meetei Mayek main letters, 3 bytes
  'AAEB-F F5 BE3-A C', // Meetei Mayek class 0 marks, 3 bytes
  'AB30-5A 60-4 6-8', // Latin extended E small letters, 3 bytes
  'AB5C-F 69', // Latin extended E letters, 3 bytes
  'AB70-BF', // Cherokee extended E small letters, 3 bytes
  'ABF0-9', // Meetei Mayek ABF0 digits, 3 bytes
  'AC00-D7A3', // Hangul main letters, 3 bytes
  'FA0E-F 11 3-4 F-23/2 24 7-9', // Han compatible letters, 3 bytes
  'FB00-6', // Latin presentation A small letters, 3 bytes
  'FB13-7', // Armenian presentation A small letters, 3 bytes
  'FB20-8 4F', // Hebrew presentation A letters, 3 bytes
  'FB50-B1 D3-D3D D50-8F 92-C7 F0-B', // Arabic presentation A letters, 3 bytes
  'FE70-4 6-FC', // Arabic presentation B letters, 3 bytes
  'FF10-9', // Common FF10 digits, 3 bytes
  'FF21-3A', // Latin width capitals, 3 bytes
  'FF41-5A', // Latin width small letters, 3 bytes
  'FF66-9F', // Katakana width letters, 3 bytes
  'FFA1-BE C2-7 A-F D2-7 A-C', // Hangul width letters, 3 bytes
  '10000-B D-26 28-3A 3C-D F-4D 50-D 80-FA', // Linear B main letters, 4 bytes
  '10107-33 2E1-FB D2C0-D3 E0-F3 360-78 EC71-AB AD-F B1-4 D01-2D 2F-3D', // Common main numbers, 4 bytes
  '10140-78 8A-B', // Greek main numbers, 4 bytes
  '101FD 2E0 D17B-82 8A-B', // Inherited class 0316 marks, 4 bytes
  '10280-9C', // Lycian main letters, 4 bytes
  '102A0-D0', // Carian main letters, 4 bytes
  '10300-1F 2D-F', // Old Italic main letters, 4 bytes
  '10330-40 42-9', // Gothic main letters, 4 bytes
  '10350-75', // Old Permic main letters, 4 bytes
  '10376-A', // Old Permic class 0300 marks, 4 bytes
  '10380-9D', // Ugaritic main letters, 4 bytes
  '103A0-C3 C8-F', // Old Persian main letters, 4 bytes
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
  '10570-A C-8A 8C-92 94-5', // Vithkuqi main capitals, 4 bytes
  '10597-A1 A3-B1 B3-9 B-C', // Vithkuqi main small letters, 4 bytes
  '10600-736 740-55 60-7', // Linear A main letters, 4 bytes
  '10780-5 7-B0 B2-A DF0A', // Latin main letters, 4 bytes
  '10800-5 8 A-35 37-8 C F', // Cypriot main letters, 4 bytes
  '10840-55', // Imperial Aramaic main letters, 4 bytes
  '10858-F', // Imperial Aramaic main numbers, 4 bytes
  '10860-76', // Palmyrene main letters, 4 bytes
  '10879-F', // Palmyrene main numbers, 4 bytes
  '10880-9E', // Nabataean main letters, 4 bytes
  '108A7-F', // Nabataean main numbers, 4 bytes
  '108E0-F2 F4-5', // Hatran main letters, 4 bytes
  '108FB-F', // Hatran main numbers, 4 bytes
  '10900-15', // Phoenician main letters, 4 bytes
  '10916-B', // Phoenician main numbers, 4 bytes
  '10920-39', // Lydian main letters, 4 bytes
  '10980-9F', // Meroitic Hieroglyphs main letters, 4 bytes
  '109A0-B7 BE-F', // Meroitic Cursive main letters, 4 bytes
  '109BC-D C0-F D2-FF', // Meroitic Cursive main numbers, 4 bytes
  '10A00 10-3 5-7 9-35', // Kharoshthi main letters, 4 bytes
  '10A01-3 5-6 C E', // Kharoshthi class 0 marks, 4 bytes
  '10A40-8', // Kharoshthi main numbers, 4 bytes
  '10A60-7C', // Old South Arabian main letters, 4 bytes
  '10A80-9C', // Old North Arabian main letters, 4 bytes
  '10AC0-7 9-E4', // Manichaean main letters, 4 bytes
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
  '10E80-A9 B0-1', // Yezidi main letters, 4 bytes
  '10EC2-7', // Arabic main letters, 4 bytes
  '10EFA-B D-F', // Arabic class 0316 marks, 4 bytes
  '10F00-1C 27', // Old Sogdian main letters, 4 bytes
  '10F1D-26', // Old Sogdian main numbers, 4 bytes
  '10F30-45', // Sogdian main letters, 4 bytes
  '10F46-7 B D-50', // Sogdian class 0316 marks, 4 bytes
  '10F70-81', // Old Uyghur main letters, 4 bytes
  '10FB0-C4', // Chorasmian main letters, 4 bytes
  '10FC5-B', // Chorasmian main numbers, 4 bytes
  '10FE0-F6', // Elymaic main letters, 4 bytes
  '11000-2 38-45 73-4', // Brahmi class 0 marks, 4 bytes
  '11003-37 71-2 5', // Brahmi main letters, 4 bytes
  '11052-65', // Brahmi main numbers, 4 bytes
  '11066-F', // Brahmi 11066 digits, 4 bytes
  '11080-2 B0-8 C2', // Kaithi class 0 marks, 4 bytes
  '11083-AF', // Kaithi main letters, 4 bytes
  '110D0-E8', // Sora Sompeng main letters, 4 bytes
  '110F0-9', // Sora Sompeng 110F0 digits, 4 bytes
  '11103-26 44 7', // Chakma main letters, 4 bytes
  '11128-32 45-6', // Chakma class 0 marks, 4 bytes
  '11136-F', // Chakma 11136 digits, 4 bytes
  '11150-72 76', // Mahajani main letters, 4 bytes
  '11180-2 B3-F C9 B-C E-F B60-7', // Sharada class 0 marks, 4 bytes
  '11183-B2 C1-4 DA C', // Sharada main letters, 4 bytes
  '111D0-9', // Sharada 111D0 digits, 4 bytes
  '111E1-F4', // Sinhala main numbers, 4 bytes
  '11200-11 13-2B 3F-40', // Khojki main letters, 4 bytes
  '1122C-34 37 E 41', // Khojki class 0 marks, 4 bytes
  '11280-6 8 A-D F-9D 9F-A8', // Multani main letters, 4 bytes
  '112B0-DE', // Khudawadi main letters, 4 bytes
  '112DF-E8', // Khudawadi class 0 marks, 4 bytes
  '112F0-9', // Khudawadi 112F0 digits, 4 bytes
  '11300-3 3F-44 47-8 B-C 62-3', // Grantha class 0 marks, 4 bytes
  '11305-C F-10 13-28 2A-30 32-3 5-9 D 50 D-61', // Grantha main letters, 4 bytes
  '11366-C 70-4', // Grantha class 0300 marks, 4 bytes
  '11400-34 47-A 5F-61', // Newa main letters, 4 bytes
  '11435-41 43-5', // Newa class 0 marks, 4 bytes
  '11450-9', // Newa 11450 digits, 4 bytes
  '11480-AF C4-5 7', // Tirhuta main letters, 4 bytes
  '114B1-9 B-C E-C1', // Tirhuta class 0 marks, 4 bytes
  '114D0-9', // Tirhuta 114D0 digits, 4 bytes
  '11580-AE D8-B', // Siddham main letters, 4 bytes
  '115B0-5 8-E DC-D', // Siddham class 0 marks, 4 bytes
  '11600-2F 44', // Modi main letters, 4 bytes
  '11630-E 40', // Modi class 0 marks, 4 bytes
  '11650-9', // Modi 11650 digits, 4 bytes
  '11680-AA B8', // Takri main letters, 4 bytes
  '116AB-B5', // Takri class 0 marks, 4 bytes
  '116C0-9', // Takri 116C0 digits, 4 bytes
  '116D0-9', // Myanmar 116D0 digits, 4 bytes
  '116DA-E3', // Myanmar 116DA digits, 4 bytes
  '11700-1A 40-6', // Ahom main letters, 4 bytes
  '1171D-2A', // Ahom class 0 marks, 4 bytes
  '11730-9', // Ahom 11730 digits, 4 bytes
  '11800-2B', // Dogra main letters, 4 bytes
  '1182C-38', // Dogra class 0 marks, 4 bytes
  '118A0-BF FF', // Warang Citi main capitals, 4 bytes
  '118C0-DF', // Warang Citi main small letters, 4 bytes
  '118E0-9', // Warang Citi 118E0 digits, 4 bytes
  '118EA-F2', // Warang Citi main numbers, 4 bytes
  '11900-6 9 C-13 15-6 8-2F 3F 41', // Dives Akuru main letters, 4 bytes
  '11931-5 7-8 B-C 40 2', // Dives Akuru class 0 marks, 4 bytes
  '11950-9', // Dives Akuru 11950 digits, 4 bytes
  '119A0-7 A-D0 E1 3', // Nandinagari main letters, 4 bytes
  '119D1-7 A-F E4', // Nandinagari class 0 marks, 4 bytes
  '11A00 B-32 3A', // Zanabazar Square main letters, 4 bytes
  '11A01-A 33 5-9 B-E', // Zanabazar Square class 0 marks, 4 bytes
  '11A50 C-89 9D', // Soyombo main letters, 4 bytes
  '11A51-B 8A-98', // Soyombo class 0 marks, 4 bytes
  '11AB0-F', // Canadian Aboriginal main letters, 4 bytes
  '11AC0-F8', // Pau Cin Hau main letters, 4 bytes
  '11C00-8 A-2E 40', // Bhaiksuki main letters, 4 bytes
  '11C2F-36 38-E', // Bhaiksuki class 0 marks, 4 bytes
  '11C50-9', // Bhaiksuki 11C50 digits, 4 bytes
  '11C5A-6C', // Bhaiksuki main numbers, 4 bytes
  '11C72-8F', // Marchen main letters, 4 bytes
  '11C92-A7 A9-B6', // Marchen class 0 marks, 4 bytes
  '11D00-6 8-9 B-30 46', // Masaram Gondi main letters, 4 bytes
  '11D31-6 A C-D F-41 43 7', // Masaram Gondi class 0 marks, 4 bytes
  '11D50-9', // Masaram Gondi 11D50 digits, 4 bytes
  '11D60-5 7-8 A-89 98', // Gunjala Gondi main letters, 4 bytes
  '11D8A-E 90-1 3-6', // Gunjala Gondi class 0 marks, 4 bytes
  '11DA0-9', // Gunjala Gondi 11DA0 digits, 4 bytes
  '11EE0-F2', // Makasar main letters, 4 bytes
  '11F00-1 3 34-A E-40 5A', // Kawi class 0 marks, 4 bytes
  '11F02 4-10 12-33', // Kawi main letters, 4 bytes
  '11F50-9', // Kawi 11F50 digits, 4 bytes
  '11FC0-D4', // Tamil main numbers, 4 bytes
  '12000-399 480-543', // Cuneiform main letters, 4 bytes
  '12400-6E', // Cuneiform main numbers, 4 bytes
  '12F90-F0', // Cypro Minoan main letters, 4 bytes
  '13000-42F 441-6 60-43FA', // Egyptian Hieroglyphs main letters, 4 bytes
  '13440 7-55', // Egyptian Hieroglyphs class 0 marks, 4 bytes
  '14400-646', // Anatolian Hieroglyphs main letters, 4 bytes
  '16800-A38', // Bamum main letters, 4 bytes
  '16A40-5E', // Mro main letters, 4 bytes
  '16A60-9', // Mro 16A60 digits, 4 bytes
  '16A70-BE', // Tangsa main letters, 4 bytes
  '16AC0-9', // Tangsa 16AC0 digits, 4 bytes
  '16AD0-ED', // Bassa Vah main letters, 4 bytes
  '16AF0-4', // Bassa Vah class 0334 marks, 4 bytes
  '16B00-2F 40-3 63-77 7D-8F', // Pahawh Hmong main letters, 4 bytes
  '16B30-6', // Pahawh Hmong class 0300 marks, 4 bytes
  '16B50-9', // Pahawh Hmong 16B50 digits, 4 bytes
  '16B5B-61', // Pahawh Hmong main numbers, 4 bytes
  '16E40-5F', // Medefaidrin main capitals, 4 bytes
  '16E60-7F', // Medefaidrin main small letters, 4 bytes
  '16E80-96', // Medefaidrin main numbers, 4 bytes
  '16F00-4A 50 93-F', // Miao main letters, 4 bytes
  '16F4F 51-87 8F-92', // Miao class 0 marks, 4 bytes
  '16FE0 7000-8AFF 8D00-1E 80-F2', // Tangut main letters, 4 bytes
  '16FE1 B170-2FB', // Nushu main letters, 4 bytes
  '16FE3 F2-3 20000-A6DF', // Han extension B letters, 4 bytes
  '18B00-CD5 CFF', // Khitan Small Script main letters, 4 bytes
  '1AFF0-3 5-B D-E B000 120-2 55 64-7', // Katakana main letters, 4 bytes
  '1B001-11F 132 50-2', // Hiragana main letters, 4 bytes
  '1BC00-6A 70-C 80-8 90-9', // Duployan main letters, 4 bytes
  '1CCF0-9', // Common 1CCF0 digits, 4 bytes
  '1CF00-2D 30-46', // Inherited class 0 marks, 4 bytes
  '1D165-6 E-72', // Common class 031B marks, 4 bytes
  '1D185-9 AA-D', // Inherited class 0300 marks, 4 bytes
  '1D400-19 34-4D 68-81 9C E-F A2 5-6 9-C E-B5 D0-E9 504-5 7-A D-14 16-C 38-9 B-E 40-4 6 A-50 6C-85 A0-B9 D4-ED 608-21 3C-55 70-89 A8-C0 E2-FA 71C-34 56-6E 90-A8 CA', // Common mathematical capitals, 4 bytes
  '1D41A-33 4E-54 56-67 82-9B B6-9 B D-C3 C5-F EA-503 51E-37 52-6B 86-9F BA-D3 EE-607 622-3B 56-6F 8A-A5 C2-DA DC-E1 FC-714 716-B 36-4E 50-5 70-88 8A-F AA-C2 C4-9 B', // Common mathematical small letters, 4 bytes
  '1D7CE-D7', // Common 1D7CE digits, 4 bytes
  '1D7D8-E1', // Common 1D7D8 digits, 4 bytes
  '1D7E2-B', // Common 1D7E2 digits, 4 bytes
  '1D7EC-F5', // Common 1D7EC digits, 4 bytes
  '1D7F6-F', // Common 1D7F6 digits, 4 bytes
  '1DA00-36 3B-6C 75 84 9B-F A1-F', // SignWriting class 0 marks, 4 bytes
  '1DF00-9 B-1E 25-A', // Latin mathematical small letters, 4 bytes
  '1E000-6 8-18 1B-21 23-4 6-A', // Glagolitic class 0300 marks, 4 bytes
  '1E030-6D', // Cyrillic main letters, 4 bytes
  '1E100-2C 37-D 4E', // Nyiakeng Puachue Hmong main letters, 4 bytes
  '1E130-6', // Nyiakeng Puachue Hmong class 0300 marks, 4 bytes
  '1E140-9', // Nyiakeng Puachue Hmong 1E140 digits, 4 bytes
  '1E290-AD', // Toto main letters, 4 bytes
  '1E2C0-EB', // Wancho main letters, 4 bytes
  '1E2F0-9', // Wancho 1E2F0 digits, 4 bytes
  '1E4D0-EB', // Nag Mundari main letters, 4 bytes
  '1E4F0-9', // Nag Mundari 1E4F0 digits, 4 bytes
  '1E7E0-6 8-B D-E F0-E', // Ethiopic main letters, 4 bytes
  '1E800-C4', // Mende Kikakui main letters, 4 bytes
  '1E8C7-F', // Mende Kikakui main numbers, 4 bytes
  '1E8D0-6', // Mende Kikakui class 0316 marks, 4 bytes
  '1E900-21 4B', // Adlam main capitals, 4 bytes
  '1E922-43', // Adlam main small letters, 4 bytes
  '1E944-9', // Adlam class 0300 marks, 4 bytes
  '1E950-9', // Adlam 1E950 digits, 4 bytes
  '1EE00-3 5-1F 21-2 4 7 9-32 34-7 9 B 42 7-D/2 E-F 51-2 4 7-61/2 62 4 7-A C-72 74-7 9-C E 80-9 B-9B A1-3 5-9 B-BB', // Arabic mathematical letters, 4 bytes
  '1F100-C', // Common signs numbers, 4 bytes
  '1FBF0-9', // Common 1FBF0 digits, 4 bytes
  '2A700-B81D B820-CEAD CEB0-EBE0 EBF0-E5D', // Han extensions C to F letters, 4 bytes
  '30000-134A 1350-3479', // Han extensions G to J letters, 4 bytes
];

/** Characters that compose with one before them. They stay where they are. */
export const COMPOSERS =
  '300-4 6-C F-13/2 14 B 23-8 D-E 30-1 8 42 5 653-5 93C BE D7 B3E 56-7 BE D7 C56 C2 D5-6 D3E 57 CA F DF 102E 161-75 A8-C2 B35 3099-A 110BA 127 33E 57 B8 B C2 9 4B0 A D 5AF 930 611E-20 29 D67';
