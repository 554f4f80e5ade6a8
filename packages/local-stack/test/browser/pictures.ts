import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../../../../docs/pictures/', import.meta.url));

/** They are loaded with the README, and stay in the repository for ever. */
const mostBytes = 150_000;

/** Keeps a picture of a page in docs/pictures, with WRITE_PICTURES=1: they are for people, and differ by machine. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (!process.env['WRITE_PICTURES']) return;
  mkdirSync(folder, { recursive: true });
  await page.mouse.move(0, 0);
  await page.evaluate('scrollTo(0, 0); document.activeElement?.blur()');
  await page.evaluate('Promise.all([...document.images].slice(0, 12).map((image) => image.decode()))');
  const picture = await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' });
  expect(picture.length).toBeLessThan(mostBytes);
}
