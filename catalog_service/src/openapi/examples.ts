/** A product as the document's examples show it. */
export const productExample = {
  id: 14,
  name: 'Stoneware Coffee Mug',
  description: 'A heavy hand-glazed mug of 350 ml that keeps coffee warm and fits under most machines.',
  price: 1400,
  currency: 'usd',
  stock: 200,
  category: 'Kitchen',
  tags: ['coffee', 'mug', 'ceramic'],
  imageUrl: null,
  revision: 1,
  version: 1,
  createdAt: '2026-11-22T12:00:00.000Z',
  updatedAt: '2026-11-22T12:00:00.000Z',
};

export const newProductExample = {
  name: 'Stoneware Coffee Mug',
  description: 'A heavy hand-glazed mug of 350 ml that keeps coffee warm and fits under most machines.',
  price: 1400,
  currency: 'usd',
  stock: 200,
  category: 'Kitchen',
  tags: ['coffee', 'mug', 'ceramic'],
};

/** The reply to a search for "coffee mug" with highlights. */
export const pageExample = {
  items: [
    {
      ...productExample,
      highlights: {
        name: 'Stoneware <mark>Coffee</mark> <mark>Mug</mark>',
        description:
          'A heavy hand-glazed <mark>mug</mark> of 350 ml that keeps <mark>coffee</mark> warm and fits under most machines.',
      },
    },
  ],
  total: 2,
  totalIsExact: true,
  limit: 1,
  offset: 0,
  nextCursor: 'WyJ4Zk5WbTlfcDJ3Y1EiLDE0LDYzMF0',
  facets: {
    categories: [{ value: 'Kitchen', count: 2 }],
    tags: [
      { value: 'coffee', count: 2 },
      { value: 'mug', count: 2 },
      { value: 'ceramic', count: 1 },
      { value: 'outdoor', count: 1 },
    ],
    priceRanges: [
      { from: 0, to: 2499, count: 2 },
      { from: 2500, to: 4999, count: 0 },
      { from: 5000, to: 9999, count: 0 },
      { from: 10000, to: 19999, count: 0 },
      { from: 20000, to: null, count: 0 },
    ],
    inStock: { true: 2, false: 0 },
  },
};

export const suggestionsExample = {
  items: [
    { kind: 'category', text: 'Kitchen' },
    { kind: 'product', text: 'Kite Skylark', id: 99 },
    { kind: 'product', text: 'Digital Kitchen Scale', id: 26 },
  ],
};

export const stockExample = {
  items: [{ id: 14, name: 'Stoneware Coffee Mug', price: 1400, currency: 'usd', stock: 200 }],
  missing: [999],
};
