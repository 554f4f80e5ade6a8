import { createHash } from 'node:crypto';
import { Router } from 'express';
import { problem } from './problems.ts';

/** What stands for a category of the demo products, in a square of 100. */
const shapes: Readonly<Record<string, string>> = {
  books: 'M20 30q15-8 30 0v45q-15-8-30 0zM52 30q14-8 28 0v45q-14-8-28 0z',
  clothing: 'M35 22L15 34l8 14 9-5v35h36V43l9 5 8-14-20-12q-15 12-30 0z',
  electronics: 'M22 25h56v38H22zM42 65h16v7h12v6H30v-6h12z',
  home: 'M50 20L18 48h10v30h16V60h12v18h16V48h10z',
  kitchen: 'M25 42h50v26q0 10-10 10H35q-10 0-10-10zM16 46h7v8h-7zM77 46h7v8h-7zM32 34h36v6H32zM46 27h8v6h-8z',
  office: 'M30 18h28v16h16v48H30zM61 18l13 13H61z',
  outdoor: 'M50 22L14 76h28l8-14 8 14h28z',
  toys: 'M22 50h26v26H22zM52 50h26v26H52zM37 22h26v26H37z',
};

/** `GET /pictures/<category>/<product>.svg`: pictures of the demo products, drawn here so that they need no network. */
export function demoPictures(): Router {
  return Router().get('/pictures/:category/:product.svg', (req, res) => {
    const { category, product } = req.params;
    const shape = Object.hasOwn(shapes, category) ? shapes[category] : undefined;
    if (shape === undefined) throw problem('route-not-found', { detail: `There is no ${req.path} here.` });
    // Pages of other origins show them, too.
    res.set({ 'Cache-Control': 'public, max-age=86400', 'Cross-Origin-Resource-Policy': 'cross-origin' });
    res.type('svg').send(draw(shape, product));
  });
}

/** Each product has colours and an angle of its own. */
function draw(shape: string, product: string): string {
  const [first = 0, second = 0] = createHash('sha256').update(product).digest();
  const hue = Math.round((first / 256) * 360);
  const degrees = Math.round((second / 256) * 24) - 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="600" height="600">
<rect width="100" height="100" fill="hsl(${hue} 45% 92%)"/>
<circle cx="50" cy="50" r="42" fill="hsl(${hue} 45% 84%)"/>
<path d="${shape}" fill="hsl(${hue} 48% 42%)" transform="rotate(${degrees} 50 50)"/>
</svg>
`;
}
