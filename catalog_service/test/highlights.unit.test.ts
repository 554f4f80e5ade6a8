import { markDescription, markName } from '../src/search/highlights.ts';

it('marks what was found, and nothing else', () => {
  expect(markName('one two three', [0, 2])).toBe('<mark>one</mark> two <mark>three</mark>');
  expect(markName('🪔 two 🪔', [0])).toBe('🪔 <mark>two</mark> 🪔');
  expect(markName('one two', [])).toBeUndefined();
  expect(markName('one two', [2])).toBeUndefined();
  expect(markDescription('one two', [])).toBeUndefined();
});

it('escapes everything else', () => {
  expect(markName('<b>"a" & \'b\'</b>', [1])).toBe(
    '&lt;b&gt;&quot;<mark>a</mark>&quot; &amp; &#39;b&#39;&lt;/b&gt;',
  );
});

it('takes the text as it is written, where its words are others', () => {
  expect(markName('½ Lego™, Cafe\u0301', [1, 2, 3])).toBe(
    '<mark>½</mark> <mark>Lego</mark>™, <mark>Cafe\u0301</mark>',
  );
  expect(markName('中国红茶 ｶﾞﾗｽ', [2, 4, 5])).toBe('中国<mark>红茶</mark> <mark>ｶﾞﾗｽ</mark>');
  expect(markName('한국어 책'.normalize('NFD'), [3])).toBe(
    `${'한국어'.normalize('NFD')} <mark>${'책'.normalize('NFD')}</mark>`,
  );
});

it('takes marks with only a hyphen between them for one', () => {
  expect(markName('USB-C t shirt', [0, 1, 2, 3])).toBe(
    '<mark>USB-C</mark> <mark>t</mark> <mark>shirt</mark>',
  );
});

it('shows the part of a description with the most marks, of whole words, and where the text goes on', () => {
  const filler = 'and so on '.repeat(30);
  const html = markDescription(`one ${filler}two three ${filler}`, [0, 91, 92]);
  expect(html).toMatch(/^…(and|so|on) .* <mark>two<\/mark> <mark>three<\/mark> .* (and|so|on)…$/);
  expect(markDescription('one two', [1])).toBe('one <mark>two</mark>');
  expect(markDescription(`one ${filler}`, [0])).toMatch(/^<mark>one<\/mark> .*…$/);
  expect(markDescription(`${filler}one`, [90])).toMatch(/^….* <mark>one<\/mark>$/);
});

it('cuts no character in two', () => {
  for (let length = 30; length < 50; length++) {
    const html = markDescription(`${'a'.repeat(length)}${'🪔'.repeat(100)} one ${'🪔'.repeat(length)}`, [1]);
    expect(html).toContain('<mark>one</mark>');
    expect(html).not.toMatch(/\p{Surrogate}/u);
  }
});
