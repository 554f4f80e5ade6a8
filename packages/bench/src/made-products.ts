import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const adjectives = [
  'Blue',
  'Compact',
  'Heavy',
  'Folding',
  'Soft',
  'Quiet',
  'Bright',
  'Slim',
  'Warm',
  'Plain',
];
const materials = [
  'Oak',
  'Steel',
  'Cotton',
  'Linen',
  'Glass',
  'Bamboo',
  'Leather',
  'Ceramic',
  'Wool',
  'Cork',
];
const things = [
  'Lamp',
  'Chair',
  'Bottle',
  'Shirt',
  'Desk',
  'Kettle',
  'Backpack',
  'Blanket',
  'Knife',
  'Shelf',
];

export interface MadeProduct {
  readonly name: string;
  readonly description: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
  readonly category: string;
  readonly tags: readonly string[];
}

/** The nth of any number of products; the same each time. Words repeat as in a real catalogue, names do not. */
export function madeProduct(nth: number): MadeProduct {
  const of = <T>(list: readonly T[], step: number) => list[Math.floor(nth / step) % list.length] as T;
  const [adjective, material, thing] = [of(adjectives, 1), of(materials, 10), of(things, 100)];
  return {
    name: `${adjective} ${material} ${thing} ${nth}`,
    description: `A ${adjective.toLowerCase()} ${thing.toLowerCase()} made of ${material.toLowerCase()}, number ${nth}.`,
    price: 500 + ((nth * 7_919) % 50_000),
    currency: 'usd',
    stock: 1_000_000,
    category: `${thing}s`,
    tags: [material.toLowerCase(), adjective.toLowerCase()],
  };
}

/** One product per line, as JSON. */
export async function writeProducts(file: string, count: number): Promise<void> {
  const stream = createWriteStream(file);
  for (let nth = 1; nth <= count; nth++) {
    if (!stream.write(`${JSON.stringify(madeProduct(nth))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}
