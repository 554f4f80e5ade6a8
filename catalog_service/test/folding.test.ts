import { foldText, placesOfWords, wordsOf } from '../src/search/folding.ts';
import { catalogNames } from './support/catalog-names.ts';
import { createCatalogDatabase } from './support/harness.ts';

const named = [
  ['Łódź ØRE Æble Đồng Œuf STRASSE ısı İstanbul', 'lodz ore aeble dong oeuf strasse isi istanbul'],
  ['Cafe\u0301 Café ＣＡＦＥ ﬁne Œuvre ẞ', 'cafe cafe cafe fine oeuvre ss'],
  ['Їжа Ёлка Йод', 'іжа елка иод'],
  ['ΟΔΟΣ οδός ΐ ᾳ', 'οδοσ οδοσ ι α'],
  ['كِتَابٌ كـــتاب ٤٢', 'كتاب كتاب 42'],
  ['שָׁלוֹם', 'שלום'],
  ['ｶﾞﾗｽ ガラス カ\u3099ラス', 'ガラス ガラス ガラス'],
  ['한국'.normalize('NFD'), '한국'],
  ['  Lego™ \t Lego®  1½ ', 'lego® lego® 1 1/2'],
  ['C++ C# .NET', 'c++ c# .net'],
] as const;

const words = [
  ['½', ['1', '2']],
  ['Lego™', ['lego']],
  ['中国红茶 iPhone手机', ['中国', '国红', '红茶', '茶', 'iphone', '手机', '机']],
  ['한국어 책', ['한국', '국어', '어', '책']],
  ['हिन्दी किताब', ['हिनदी', 'किताब']],
  ['ชาไทย', ['ชา', 'าไ', 'ไท', 'ทย', 'ย']],
  ["Chef's USB-C", ['chef', 's', 'usb', 'c']],
  ['!!! 🪔', []],
  ['x'.repeat(50), ['x'.repeat(40)]],
] as const;

it.each(named)('folds "%s" to "%s"', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

it.each(words)('takes "%s" apart into %j', (text, expected) => {
  expect(wordsOf(text)).toEqual(expected);
});

it('knows of each word where it stands in the text', () => {
  for (const text of [...catalogNames, ...words.map(([each]) => each)]) {
    for (const form of [text, text.normalize('NFD'), text.toUpperCase()]) {
      const places = placesOfWords(form);
      const found = wordsOf(form);
      expect(places).toHaveLength(found.length);
      // By itself a word of two characters is that word, and the last one.
      const again = places.map(({ start, end }) => wordsOf(form.slice(start, end)));
      expect(found.filter((word, number) => !again[number]?.some((each) => each.startsWith(word)))).toEqual(
        [],
      );
    }
  }
});

it('folds in the database as in the service, all of Unicode', async () => {
  const { sql, drop } = await createCatalogDatabase();
  const [{ assigned }] = (await sql(
    `SELECT string_agg(chr(code), '' ORDER BY code) AS assigned FROM generate_series(1, 1114111) AS code
     WHERE code NOT BETWEEN 55296 AND 57343 AND unicode_assigned(chr(code))`,
  )) as [{ assigned: string }];
  // Characters of a Unicode that only one of them knows are no texts yet.
  const characters = [...assigned].filter((character) => !/\p{Cn}|\p{Co}/u.test(character));
  // Several at a time, each beside a letter, and by itself.
  const texts: string[] = [];
  for (let from = 0; from < characters.length; from += 16) {
    const some = characters.slice(from, from + 16);
    texts.push(some.join(' '), some.join('Éa'));
  }
  texts.push(...catalogNames, ...named.map(([each]) => each), ...words.map(([each]) => each));
  const rows = await sql<{ text: string; folded: string; words: string[] }>(
    'SELECT text, fold_text(text) AS folded, words_of(fold_text(text)) AS words FROM unnest($1::text[]) AS text',
    [texts],
  );
  expect(rows).toHaveLength(texts.length);
  const wrong = rows.filter(
    ({ text, folded, words: found }) =>
      folded !== foldText(text) || JSON.stringify(found) !== JSON.stringify(wordsOf(text)),
  );
  expect(wrong).toEqual([]);
  await drop();
});

it('makes of plain words in the database what it makes of any', async () => {
  const { sql, drop } = await createCatalogDatabase();
  const wrong = await sql(
    `WITH texts AS (
       SELECT string_agg(substr('abcdeilnrsty e-/.0123456789', 1 + (hashint8(n * 31 + k) & 1048575) % 27, 1), '' ORDER BY k) AS text
       FROM generate_series(1, 5000) AS n, generate_series(1, 40) AS k GROUP BY n
       UNION ALL VALUES ('it''s 1e5, 12e7x, to be or not'), (repeat('x', 50) || ' charging')
     )
     SELECT text FROM texts WHERE label_vector(text) <> label_words(words_of(text))
       OR description_vector(text) <> description_words(words_of(text))`,
  );
  expect(wrong).toEqual([]);
  await drop();
});
