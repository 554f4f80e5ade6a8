import { TOTP, URI } from 'otpauth';
import { barriersOf } from './browser.ts';
import { openTab } from './shopper.ts';
import type { World } from './world.ts';

/** How customers sign in, and what comes along. */
export function signInStories(world: World): void {
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

  it('says that the cart of a guest did not come along to an account, and takes it along at another try', async () => {
    const product = await world.shop.product(5, 2_000);
    const { email, password } = await world.shop.customer();
    const ada = await world.newcomer();
    await ada.putIntoCart(product, 2);
    await ada.page.route('**/api/cart/merge', (route) => route.abort());
    await ada.signIn(email, password);
    await ada.reads('what you had put into the cart before is not in it yet');
    expect(await barriersOf(ada.page)).toEqual([]);
    await ada.button('Put it into the cart').click();
    await ada.reads('You seem to be offline.');
    await ada.page.unroute('**/api/cart/merge');
    await ada.page.reload();
    await ada.button('Put it into the cart').click();
    await ada.link('Cart 2').waitFor();
    await ada.page.getByText('is not in it yet').waitFor({ state: 'detached' });
  });

  it('asks for the code of an authenticator app where an account has one, and takes a recovery code, too', async () => {
    const customer = await world.shop.customer();
    const { email, password } = customer;
    const proposed = await customer.call('POST', '/me/totp', { password });
    const app = URI.parse(proposed.body.uri);
    if (!(app instanceof TOTP)) throw new Error(`This is for no authenticator app: ${proposed.body.uri}`);
    const confirmed = await customer.call('POST', '/me/totp/confirm', { code: app.generate() });
    const [recoveryCode] = confirmed.body.recoveryCodes as string[];
    // Of the next half minute: each code is taken once.
    const nextCode = () => app.generate({ timestamp: Date.now() + 30_000 });

    const ada = await world.newcomer();
    const { page } = ada;
    const giveCode = async (code: string) => {
      await page.getByLabel('Code').fill(code);
      await ada.button('Sign in').click();
    };
    const givePassword = async () => {
      await page.goto('/sign-in?next=/account');
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill(password);
      await ada.button('Sign in').click();
      await ada.reads('Now the code that your authenticator app shows');
    };
    await givePassword();
    expect(await barriersOf(page)).toEqual([]);
    await giveCode('no such code');
    await ada.reads('This code is wrong or used already.');
    await giveCode(nextCode());
    await ada.isAt('Your account');
    await ada.button('Sign out').click();
    await ada.link('Sign in').waitFor();
    await givePassword();
    await giveCode(recoveryCode ?? '');
    await ada.isAt('Your account');
    await ada.reads(email);
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
}
