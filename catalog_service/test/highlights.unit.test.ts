import { newMarks, readMarks, toHighlights } from '../src/search/highlights.ts';

/** A description's excerpt, of a text in which the found words are in brackets. */
function excerptOf(bracketed: string): string | undefined {
  const { plain, spans } = readMarks(bracketed, { open: '[', close: ']' });
  return toHighlights({ name: '', description: plain }, { name: [], description: spans }).description;
}

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');

describe('an excerpt', () => {
  it('is all of a short text', () => {
    expect(excerptOf('[a]b [c]')).toBe('<mark>a</mark>b <mark>c</mark>');
    expect(excerptOf(`[a]${'x'.repeat(149)}`)).toBe(`<mark>a</mark>${'x'.repeat(149)}`);
  });

  it('of a longer one is cut between words', () => {
    expect(excerptOf(`[found] ${words(50)}`)).toBe(`<mark>found</mark> ${words(29)}…`);
    expect(excerptOf(`${words(50)} [found]`)).toBe(`…${words(29)} <mark>found</mark>`);
    expect(excerptOf(`${words(50)}\n[found] ${words(50)}`)).toBe(
      `…${words(7)} word\n<mark>found</mark> ${words(21)}…`,
    );
  });

  it('has no half of a word, a sign or an entity where there are no spaces', () => {
    const found = excerptOf(`${'🪔'.repeat(100)}[&]${'🪔'.repeat(100)}`);
    expect(found).toBe(`…${'🪔'.repeat(20)}<mark>&amp;</mark>${'🪔'.repeat(54)}…`);
    expect(excerptOf(`x${'🪔'.repeat(100)}[&]${'🪔'.repeat(100)}`)).toBe(found);
  });

  it('has the beginning of a word that is longer', () => {
    expect(excerptOf(`${words(50)} [${'x'.repeat(300)}]`)).toContain(`<mark>${'x'.repeat(100)}`);
  });

  it('is of where the most words are, the first of several such places', () => {
    expect(excerptOf(`[one] ${words(50)} [two] and [three] ${words(50)} [four] and [five]`)).toMatch(
      /^…(word ){7,8}<mark>two<\/mark> and <mark>three<\/mark>( word)+…$/,
    );
  });
});

it('takes marks that overlap for one', () => {
  const spans = [
    { from: 6, to: 8 },
    { from: 0, to: 3 },
    { from: 1, to: 5 },
  ];
  const { name } = toHighlights({ name: 'abcdefgh', description: 'x' }, { name: spans, description: [] });
  expect(name).toBe('<mark>abcde</mark>f<mark>gh</mark>');
  expect(excerptOf('[t]-[shirt] - [t] [shirt]')).toBe(
    '<mark>t-shirt</mark> - <mark>t</mark> <mark>shirt</mark>',
  );
});

it('marks with what no text has in it', () => {
  const texts = [newMarks(), newMarks()].flatMap(({ open, close }) => [open, close]);
  expect(new Set(texts).size).toBe(4);
  expect(texts.every((text) => /^[0-9a-f]{24}[xy]$/.test(text))).toBe(true);
});
