import { randomUUID } from 'node:crypto';
import { waitFor } from '@shop/testing';
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

  it('keeps the address that a customer orders to, once and if told so, for the next order', async () => {
    const product = await world.shop.product(9, 2_000);
    const { email, password } = await world.shop.customer();
    const ada = await world.newcomer();
    const { page } = ada;
    const keptAddresses = () => page.getByRole('button', { name: 'Remove the address' }).count();
    await ada.signIn(email, password);
    await page.goto('/account');
    await ada.reads('The next one that you order to can be kept here.');
    for (const _ of ['first', 'second']) {
      await ada.putIntoCart(product);
      await ada.giveAddress();
      await ada.placeOrder();
    }
    await page.goto('/account');
    await ada.reads('Hauptstraße 1');
    expect(await keptAddresses()).toBe(1);

    await ada.putIntoCart(product);
    await page.goto('/checkout');
    const street = page.getByLabel('Street and number');
    expect(await street.inputValue()).toBe('Hauptstraße 1');
    expect(await barriersOf(page)).toEqual([]);
    await street.fill('Nebenweg 2');
    await page.getByLabel('Keep this address').uncheck();
    await ada.button('Continue').click();
    await ada.isAt('Look it over');
    await page.goto('/account');
    await ada.reads('Hauptstraße 1');
    expect(await keptAddresses()).toBe(1);
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

  it('can be used with the keyboard alone', async () => {
    const ada = await world.newcomer();
    const { page } = ada;
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    /** The focus follows a page a moment after its title. */
    const isFocused = (text: string) =>
      waitFor(
        async () => (await page.evaluate<string>('document.activeElement.textContent')).trim() === text,
      );
    await page.goto('/');
    await page.locator('.product').first().waitFor();
    await press('Tab');
    await isFocused('Skip to the content');
    await press('Tab', 'Tab');
    await page.keyboard.type('Aurora');
    await page.getByRole('option').first().waitFor();
    await press('ArrowDown', 'Enter');
    await ada.isAt('Aurora Wireless Headphones');
    await isFocused('Aurora Wireless Headphones');
    await ada.button('Add to cart').focus();
    await press('Enter');
    await ada.link('Go to the cart').waitFor();
    await isFocused('Add to cart');
    await press('Tab', 'Enter');
    await ada.isAt('Cart');
    await isFocused('Cart');
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
