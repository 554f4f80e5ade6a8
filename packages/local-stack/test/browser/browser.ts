import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** CHROMIUM_PATH, or where systems usually have one. */
const chromiumPath = process.env['CHROMIUM_PATH'] || usualPlaces.find((path) => existsSync(path));

/** Describes stories in a browser; where there is none, they are left out, and it says what they need. */
export const inBrowser: (name: string, stories: () => void) => void =
  chromiumPath === undefined
    ? (name, stories) =>
        describe.skip(`${name} (left out: they need Chromium; name yours in CHROMIUM_PATH)`, stories)
    : describe;

export type Browser = Awaited<ReturnType<typeof openBrowser>>;

export async function openBrowser(baseURL: string) {
  const browser = await chromium.launch({ executablePath: String(chromiumPath), args: ['--no-sandbox'] });
  const faults: string[] = [];

  /** The browser of somebody else: with storage of its own. Each of its pages is a tab. */
  async function visitor(options: BrowserContextOptions = {}) {
    const viewport = { width: 1200, height: 800 };
    const context = await browser.newContext({ baseURL, locale: 'en-US', viewport, ...options });
    context.setDefaultTimeout(20_000);
    context.on('weberror', (error) => faults.push(error.error().stack ?? ''));
    context.on('console', (message) => {
      // That the shop refuses something is not a fault of the page.
      const isFault = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
      if (isFault) faults.push(message.text());
    });
    return context;
  }

  return {
    visitor,
    /** Errors on all pages so far, such as what the Content-Security-Policy has blocked. */
    faults,
    close: () => browser.close(),
  };
}

/** What axe finds wrong with a page for those who cannot see it, or use no mouse. */
export async function barriersOf(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ resultTypes: ["violations"] })');
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
}

/** After how many milliseconds the largest thing of a page was painted. */
export const largestPaint = (page: Page) =>
  page.evaluate<number>(`new Promise((resolve) =>
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
      .observe({ type: 'largest-contentful-paint', buffered: true }))`);
