import { canonicalText, unseenCharacters } from '@shop/service-kit';

it('composes a text, and takes away the spaces around it', () => {
  expect(canonicalText('\u00a0Cafe\u0301 \n')).toBe('Café');
});

it.each([
  'Zoë O’Neil',
  'نامه\u200cهای علی\u200cرضا',
  'نامه\u064e\u200cهای',
  'ශ්\u200dරී ලංකා',
  'क्\u200cष',
  'ന്\u200d',
  '👨\u200d👩\u200d👧',
  '👩🏽\u200d🚀 ❤\ufe0f\u200d🔥 ❤\ufe0e 👍\ufe0f',
  '1\ufe0f\u20e3 ☎\ufe0f ™\ufe0f 🏳\ufe0f\u200d🌈',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '🇨🇭',
])('sees all of %s', (text) => {
  expect(unseenCharacters(text)).toEqual([]);
});

it.each([
  ['a zero-width space', 'A\u200bda', 'U+200B'],
  ['a joiner between letters that do not join', 'A\u200dd\u200ca', 'U+200D U+200C'],
  ['a joiner at the end of a Persian word', 'علی\u200c', 'U+200C'],
  ['two joiners in a row', 'نامه\u200c\u200cهای', 'U+200C'],
  ['a joiner at the beginning', '\u200dක්', 'U+200D'],
  ['a joiner beside an emoji', '👩\u200d', 'U+200D'],
  ['a joiner between an emoji and a letter', '👩\u200da', 'U+200D'],
  ['a selector after a letter or digit', 'a\ufe0f 1\ufe0f', 'U+FE0F'],
  ['a tag after an emoji that is no flag', '👩\u{e0061}', 'U+E0061'],
  ['a soft hyphen', 'A\u00adda', 'U+00AD'],
  ['a change of direction', '\u202eadA', 'U+202E'],
  ['half a character', 'A\ud800da', 'U+D800'],
  ['what Unicode has not assigned', 'A\u0378 \u{1fbff}', 'U+0378 U+1FBFF'],
])('does not see %s', (_what, text, names) => {
  expect(unseenCharacters(text).join(' ')).toBe(names);
});
