import { newMarks, toHtml } from '../src/search/highlights.ts';

const marks = newMarks();

/** @param bracketed what an engine shows of the text, with the found words in brackets */
const htmlOf = (text: string, bracketed: string, plain?: string) =>
  toHtml(text, bracketed.replaceAll('[', marks.open).replaceAll(']', marks.close), marks, plain);

it('marks what was found, and shows where the text goes on', () => {
  expect(htmlOf('one two three', '[one] two three')).toBe('<mark>one</mark> two three');
  expect(htmlOf('one two three', '[one]')).toBe('<mark>one</mark>…');
  expect(htmlOf('one two three', 'two [three]')).toBe('…two <mark>three</mark>');
  expect(htmlOf('🪔 two 🪔', '[two]')).toBe('…<mark>two</mark>…');
});

it('escapes everything else', () => {
  expect(htmlOf('<b>"a" & \'b\'</b>', '<b>"[a]" & \'b\'</b>')).toBe(
    '&lt;b&gt;&quot;<mark>a</mark>&quot; &amp; &#39;b&#39;&lt;/b&gt;',
  );
});

it('takes the text as it is written, where the engine has seen it otherwise', () => {
  expect(htmlOf('see shop.test/lamp', '[lamp]', 'see shop test lamp')).toBe('…<mark>lamp</mark>');
  expect(htmlOf('shop.test/lamp', '[shop] test lamp', 'shop test lamp')).toBe('<mark>shop</mark>.test/lamp');
});

it('takes marks with only a hyphen between them for one', () => {
  expect(htmlOf('USB-C t shirt', '[USB]-[C] [t] [shirt]')).toBe(
    '<mark>USB-C</mark> <mark>t</mark> <mark>shirt</mark>',
  );
});

it('shows nothing of a text in which nothing was found, or which is not that text', () => {
  expect(htmlOf('one two', 'one two')).toBeUndefined();
  expect(htmlOf('one two', '[three]')).toBeUndefined();
  expect(toHtml('one two', undefined, marks)).toBeUndefined();
});

it('marks with what no text has in it', () => {
  const texts = [newMarks(), newMarks()].flatMap(({ open, close }) => [open, close]);
  expect(new Set(texts).size).toBe(4);
  expect(texts.every((text) => /^[0-9a-f]{24}[xy]$/.test(text))).toBe(true);
});
