import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');

const rows = page
  .split('\n')
  .filter((line) => /^\| *(V|API)\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, name = '', verdict = '', , shownBy = '']) => ({ name, verdict, shownBy }));

const numbers = (letters: string, most: number) =>
  Array.from({ length: most }, (_, index) => `${letters}${index + 1}`);

it('says of every chapter of ASVS 5 and of every risk of the API Top 10 how it is', () => {
  const chapters = new Set(rows.map(({ name }) => /^[A-Z]+\d+/.exec(name)?.[0]));
  expect([...numbers('V', 17), ...numbers('API', 10)].filter((chapter) => !chapters.has(chapter))).toEqual(
    [],
  );
});

it('has no other verdicts than pass, fail and n/a, and names a test for each pass', () => {
  expect(rows.filter(({ verdict }) => !['pass', 'fail', 'n/a'].includes(verdict))).toEqual([]);
  expect(
    rows.filter(({ verdict, shownBy }) => verdict === 'pass' && !/`.+\.test\.ts`/.test(shownBy)),
  ).toEqual([]);
});

it('names tests that exist', () => {
  const named = [...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});
