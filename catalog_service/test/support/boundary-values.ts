/** What the document uses of JSON Schema. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** Values of every type, and those at and beyond each boundary that a schema names. */
export function valuesToTry(schema: Schema): unknown[] {
  const { items, maxItems } = schema;
  const own = [...anyType, ...numbersAround(schema), ...textsOf(schema), ...(schema.enum ?? [])];
  if (items === undefined) return own;
  const inLists = valuesToTry(items).flatMap((item) => [[item], [fits(items, 0), item], [item, item]]);
  const lengths = maxItems === undefined ? [] : [maxItems - 1, maxItems, maxItems + 1];
  const lists = lengths.map((length) => Array.from({ length }, (_, index) => fits(items, index)));
  const sameAgain = lengths.map((length) => Array(length).fill(fits(items, 0)));
  return [...own, ...inLists, ...lists, ...sameAgain];
}

/** The same for a parameter, which is a text. */
export function textsToTry(schema: Schema): unknown[] {
  const numbers = numbersAround(schema).filter((value) => typeof value === 'number');
  const spelled = [...numbers, ...(schema.enum ?? [])].map(String);
  return [...oddNumbers, ...spelled, ...textsOf(schema), ['1'], ['1', '2']];
}

const anyType = [null, true, false, 0, 1, -1, 7, 1.5, 1e21, [], {}, [null], [[]], { a: 1 }];

const oddNumbers = [
  '0',
  '-0',
  '+1',
  '01',
  '1.0',
  '1e1',
  '0x1',
  '١',
  ' 1',
  '1 ',
  '99999999999',
  'true',
  'TRUE',
  'yes',
];

function numbersAround({ minimum = 0, maximum = 100 }: Schema): unknown[] {
  const edges = [minimum - 1, minimum, minimum + 1, maximum - 1, maximum, maximum + 1];
  return [...edges, minimum + 0.5, -0, 2 ** 53, String(minimum), String(maximum)];
}

function textsOf({ minLength = 0, maxLength = 2_000 }: Schema): string[] {
  const lengths = [minLength, minLength + 1, maxLength - 1, maxLength, maxLength + 1];
  const filled = ['x', '🫖', ' ', '\u00a0', '-'].flatMap((letter) => lengths.map((n) => letter.repeat(n)));
  const spaced = lengths.flatMap((n) => [
    ` ${'x'.repeat(n)}`,
    `${'x'.repeat(n)}\n`,
    `https://x/${'y'.repeat(n)}`,
  ]);
  return [
    ...filled,
    ...spaced,
    ...[10, 9].map((head) => `https://x/${'y'.repeat(maxLength - head)}`),
    ...oddTexts,
  ];
}

const oddTexts = [
  ...[
    '',
    ' ',
    '\n',
    '\ufeff',
    '\u200b',
    'a',
    'A',
    'é',
    '한',
    'a b',
    'a\nb',
    '\0',
    'a\0b',
    'null',
    '__proto__',
  ],
  ...['\ud800', 'x\udc00', '\udc00\ud800', 'ok \ud83e\uded6'],
  ...['usd', 'USD', 'Usd', 'us', 'usdd', 'usd ', ' usd', 'us1', 'uſd', 'usd\n'],
  ...['http://x', 'https://x.test/a.png', 'https://x.test:8080/p?q=1#f', 'http://localhost/', 'https://x?q'],
  ...['HTTPS://x', 'ftp://x', 'javascript:alert(1)', '//x', 'https://', 'https:///x', 'https://x:123456/'],
  ...['https://u:p@x.test', 'https://x.test/a b', 'https://x.test/"', 'https://x.test/é', 'https://é.test/'],
  ...[
    'https://x.test/[a]',
    'https://x.test/\\',
    'https://x.test/<b>',
    'https://[::1]/',
    'https://x.test/%zz',
  ],
  ...['relevance', 'price', '-price', 'Price', 'stock', 'abc-_09', 'abc=', 'a+b', 'a/b'],
];

/** A value that surely fits, another for each number. */
function fits({ type, minimum = 0 }: Schema, index: number): unknown {
  return type === 'integer' ? minimum + index : `x${index}`;
}
