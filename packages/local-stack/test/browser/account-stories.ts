import { randomUUID } from 'node:crypto';
import { barriersOf } from './browser.ts';
import { openTab } from './shopper.ts';
import type { World } from './world.ts';

/** What customers do with their account, and without a mouse or a large screen. */
export function accountStories(world: World): void {
  it('a guest makes an account and keeps cart and orders, signs out, and in again', async () => {
    const product = await world.shop.product(5, 2_000);
    const ada = await world.newcomer();
    const email = `${randomUUID()}@shop.test`;
    await ada.putIntoCart(product);
    await ada.giveAddress();
    await ada.placeOrder();
    await ada.payWith();
    await ada.reads('Thank you! It is paid');
    await ada.putIntoCart(product);

    await ada.link('Sign in').click();
    expect(await barriersOf(ada.page)).toEqual([]);
    await ada.link('Make an account').click();
    await ada.page.getByLabel('Name').fill('Ada');
    await ada.page.getByLabel('Email').fill('ada@nowhere');
    await ada.page.getByLabel('Password').fill('correct horse battery');
    await ada.button('Make an account').click();
    await ada.reads('Some of it is not right yet.');
    expect(await ada.page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true');
    expect(await barriersOf(ada.page)).toEqual([]);
    await ada.page.getByLabel('Email').fill(email);
    await ada.button('Make an account').click();
    await ada.link(/^Account$/).waitFor();
    await ada.link('Cart 1').waitFor();
    await ada.link('Orders').click();
    await ada.reads('1 × Test piece');

    await ada.link(/^Account$/).click();
    await ada.reads(email);
    expect(await barriersOf(ada.page)).toEqual([]);
    await ada.button('Sign out').click();
    await ada.link('Sign in').waitFor();
    await ada.page.goto('/sign-in?next=https://evil.test/');
    await ada.page.getByLabel('Email').fill(email);
    await ada.page.getByLabel('Password').fill('wrong horse battery');
    await ada.button('Sign in').click();
    await ada.reads('The email or the password is wrong.');
    await ada.page.getByLabel('Password').fill('correct horse battery');
    await ada.button('Sign in').click();
    await ada.isAt('Everyday things, well made');
    await ada.link('Cart 1').waitFor();
  });

  it('brings the cart of a guest along to an account, and says what could not be taken over', async () => {
    const [plenty, scarce] = [await world.shop.product(9, 2_000), await world.shop.product(3, 1_000)];
    const ada = await world.newcomer();
    await ada.putIntoCart(plenty, 2);
    await ada.putIntoCart(scarce, 3);
    await world.countStock(scarce, 1);
    await ada.signIn('demo@shop.test', 'demo-password');
    await ada.link('Cart').click();
    await ada.reads('there were no more');
    await ada.reads('$50.00');
  });

  it('a forgotten password is replaced, and an email confirmed, by the links in the mails', async () => {
    const ada = await world.newcomer();
    const email = `${randomUUID()}@shop.test`;
    await ada.page.goto('/register');
    await ada.page.getByLabel('Name').fill('Ada');
    await ada.page.getByLabel('Email').fill(email);
    await ada.page.getByLabel('Password').fill('correct horse battery');
    await ada.button('Make an account').click();
    await ada.link(/^Account$/).click();
    await ada.reads('Confirm your email with the link');
    await ada.page.goto(await world.linkInMail(email, 'verify-email'));
    await ada.reads('your email is confirmed');
    expect(ada.page.url()).not.toContain('token');
    await ada.link('Your account').click();
    await ada.button('Sign out').click();

    await ada.page.goto('/sign-in');
    await ada.link('Forgot your password?').click();
    await ada.page.getByLabel('Email').fill(email);
    await ada.button('Send me a link').click();
    await ada.reads('a mail with a link is on its way');
    expect(await barriersOf(ada.page)).toEqual([]);
    const link = await world.linkInMail(email, 'reset-password');
    await ada.page.goto(link);
    await ada.page.getByLabel('New password').fill('password123');
    await ada.button('Change it').click();
    await ada.reads(/^New password must/);
    await ada.page.getByLabel('New password').fill('another horse battery');
    await ada.button('Change it').click();
    await ada.reads('It is changed.');
    await ada.signIn(email, 'another horse battery');
    await ada.page.goto(link);
    await ada.page.getByLabel('New password').fill('third horse battery');
    await ada.button('Change it').click();
    await ada.reads('This link is used or no longer valid.');
  });

  it('says when the session has ended, and goes on after signing in', async () => {
    const context = await world.browser.visitor();
    const ada = await openTab(context);
    await ada.signIn('demo@shop.test', 'demo-password');
    await ada.page.evaluate(`localStorage.setItem('shop.tokens', JSON.stringify({
      token: 'x', expiresAt: 0, refreshToken: 'nothing' }))`);
    await ada.page.goto('/orders');
    await ada.page
      .getByRole('main')
      .getByRole('link', { name: /sign in/i })
      .first()
      .click();
    await ada.page.getByLabel('Email').fill('demo@shop.test');
    await ada.page.getByLabel('Password').fill('demo-password');
    await ada.button('Sign in').click();
    await ada.isAt('Your orders');
  });

  it('can be used with the keyboard alone', async () => {
    const ada = await world.newcomer();
    const { page } = ada;
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await page.goto('/');
    await page.locator('.product').first().waitFor();
    await press('Tab');
    expect(await focused()).toContain('Skip to the content');
    await press('Tab', 'Tab');
    await page.keyboard.type('Aurora');
    await page.getByRole('option').first().waitFor();
    await press('ArrowDown', 'Enter');
    await ada.isAt('Aurora Wireless Headphones');
    expect(await focused()).toBe('Aurora Wireless Headphones');
    await ada.button('Add to cart').focus();
    await press('Enter');
    await ada.link('Go to the cart').waitFor();
    expect(await focused()).toBe('Add to cart');
    await press('Tab', 'Enter');
    await ada.isAt('Cart');
    expect(await focused()).toBe('Cart');
  });

  it('fits a narrow screen', async () => {
    const product = await world.shop.product(5, 2_000);
    const ada = await openTab(await world.browser.visitor({ viewport: { width: 320, height: 640 } }));
    const fits = async (path: string, title: string | RegExp) => {
      await ada.page.goto(path);
      await ada.isAt(title);
      const width = await ada.page.evaluate('document.documentElement.scrollWidth');
      expect([path, width, await barriersOf(ada.page)]).toEqual([path, 320, []]);
    };
    await fits('/', 'Everyday things, well made');
    await ada.putIntoCart(product);
    await fits(`/products/${product}`, /Test piece/);
    await fits('/cart', 'Cart');
    await fits('/checkout', 'Address and delivery');
    await ada.giveAddress();
    const orderNumber = await ada.placeOrder();
    await fits(`/orders/${orderNumber}`, 'Your order');
    await fits('/orders', 'Your orders');
    await fits('/nowhere', 'Nothing here');
  });
}
