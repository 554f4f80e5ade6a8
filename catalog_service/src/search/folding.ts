/**
 * What texts are compared by: every form of a text that a reader takes for the same, in one form. The database folds by
 * the same rules (`fold_text` and `words_of` of its migrations), for it must fold what any release writes; a test
 * compares both over all of Unicode.
 */

/** Marks without a letter of their own, and all those of scripts in which vowels are marks that most texts leave out. */
const accents = String.raw`\p{M}&&[\P{Alphabetic}\p{sc=Zinh}\p{scx=Arab}\p{scx=Hebr}\p{scx=Syrc}\p{scx=Samr}]`;

/** Accents, and what has no shape of its own; not the marks of kana, which make other letters. */
const ignoredCharacters = String.raw`[[\p{Cf}\p{Default_Ignorable_Code_Point}\u0640[${accents}]]--[\u3099\u309A]]`;
const ignored = new RegExp(ignoredCharacters, 'gv');

/** Letters with strokes and digits of other scripts: Unicode has no mark in them that could be ignored. */
const plain = new Map(Object.entries({ æ: 'ae', œ: 'oe', þ: 'th' }));
const from = 'ςđðøħłŧŋƀƶȼɇɉɍɏƚɨʉǥⱥⱦ⁄٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९';
const to = 'σddohltnbzcejryliugat/012345678901234567890123456789';
for (const [place, letter] of [...from].entries()) plain.set(letter, to.charAt(place));
const unplain = new RegExp(`[${[...plain.keys()].join('')}]`, 'gu');

/** Folded character by character, with the spaces as they are. */
function foldCharacters(text: string): string {
  if (isAscii.test(text)) return text.toLowerCase();
  return (
    text
      // "Lego™" is not "Legotm", nor is 1½ eleven halves.
      .replace(/[™℠]/g, '®')
      .replace(/[¼-¾⅐-⅞↉]/g, ' $&')
      .normalize('NFKD')
      .replace(ignored, '')
      // Twice, for the capital of "ß" is "SS", and that of "ẞ" itself.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(unplain, (letter) => plain.get(letter) as string)
      .normalize('NFC')
      .replace(/[\u3099\u309A]/g, '')
  );
}

/** Most are. */
const isAscii = /^[ -~]*$/;

/**
 * A text without capitals, accents, and forms of a letter that mean the same (ligatures, half and full width). Signs
 * stay, and between them one space.
 */
export const foldText = (text: string) =>
  foldCharacters(text)
    .replace(/[\t-\r \u0085\u1680\u2028\u2029]+/g, ' ')
    .replace(/^ | $/g, '');

/** Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, Hangul, kana and Han. */
const unspaced = String.raw`[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}]`;
const letter = String.raw`[\p{Alphabetic}\p{Nd}]`;
const runs = new RegExp(`(?:(?=${unspaced})${letter})+|(?:(?!${unspaced})${letter})+`, 'gu');
const startsUnspaced = new RegExp(`^${unspaced}`, 'u');

export const isUnspaced = (word: string) => startsUnspaced.test(word);

/** No word is longer; what is, was not typed to find something. */
const longestWord = 40;

/**
 * The words of each run of letters in a folded text: one, or in a script without spaces any two neighbouring characters
 * and the last one.
 */
export const runsOf = (folded: string): string[][] =>
  (folded.match(runs) ?? []).map((run) => {
    const characters = [...run];
    return isUnspaced(run)
      ? characters.map((character, place) => character + (characters[place + 1] ?? ''))
      : [characters.slice(0, longestWord).join('')];
  });

/** Those of a run that may go on in what is found: its last character is no word then. */
export const begunRun = (run: readonly string[]) => run.slice(0, Math.max(1, run.length - 1));

export const wordsOf = (text: string): string[] => runsOf(foldText(text)).flat();

/** What must be folded together: a letter and its marks, the parts of a Hangul syllable, kana of half width. */
const clusters =
  /(?:[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uffa1-\uffdc]+|[\uff66-\uff9f]+|\P{M})?\p{M}*/gu;

/** Where in a text each of its words stands. */
export function placesOfWords(text: string): { readonly start: number; readonly end: number }[] {
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  for (const { 0: cluster, index } of text.matchAll(clusters)) {
    const part = foldCharacters(cluster);
    for (let unit = 0; unit < part.length; unit++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
    folded += part;
  }
  const place = (first: number, length: number) => ({
    start: starts[first] as number,
    end: ends[first + length - 1] as number,
  });
  return [...folded.matchAll(runs)].flatMap(({ 0: run, index }) => {
    if (!isUnspaced(run)) return [place(index, run.length)];
    let at = index;
    const characters = [...run];
    return characters.map((character, number) => {
      const first = at;
      at += character.length;
      return place(first, character.length + (characters[number + 1]?.length ?? 0));
    });
  });
}
