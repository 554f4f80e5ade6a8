import { accountStories } from './browser/account-stories.ts';
import { administratorStories } from './browser/administrator-stories.ts';
import { inBrowser } from './browser/browser.ts';
import { purchaseStories } from './browser/purchase-stories.ts';
import { signInStories } from './browser/sign-in-stories.ts';
import { tabStories } from './browser/tab-stories.ts';
import { openWorld, type World } from './browser/world.ts';

inBrowser('in the demo shop', () => {
  const world = {} as World;
  beforeAll(async () => {
    Object.assign(world, await openWorld());
  }, 90_000);
  afterAll(() => world.close?.());
  afterEach(() => expect(world.browser.faults.splice(0)).toEqual([]));

  purchaseStories(world);
  tabStories(world);
  accountStories(world);
  signInStories(world);
  administratorStories(world);
});
