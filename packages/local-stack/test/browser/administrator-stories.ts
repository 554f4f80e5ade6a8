import { barriersOf } from './browser.ts';
import { keepPicture } from './pictures.ts';
import type { World } from './world.ts';

/** What those who run the shop do in it. */
export function administratorStories(world: World): void {
  const administrator = async () => {
    const admin = await world.newcomer();
    await admin.signIn('admin@shop.test', 'admin-password');
    return admin;
  };

  it('an administrator puts a product on sale, and changes its price and its stock', async () => {
    const admin = await administrator();
    const { page } = admin;
    await admin.link('Admin').click();
    await admin.link('New product').click();
    await admin.isAt('New product');
    await page.getByLabel('Name').fill('Paper Lantern');
    await page.getByLabel('Description').fill('Folds flat.');
    await page.getByLabel('Price in USD').fill('12,345');
    await page.getByLabel('Category').fill('Home');
    await page.getByLabel('Stock').fill('7');
    await admin.button('Put it on sale').click();
    await admin.reads(/^Price in USD must/);
    expect(await barriersOf(page)).toEqual([]);
    await page.getByLabel('Price in USD').fill('12.50');
    await admin.button('Put it on sale').click();
    await admin.isAt('Paper Lantern');
    await admin.reads('$12.50');

    const id = Number(page.url().split('/').at(-1));
    await page.goto(`/admin/products/${id}`);
    await page.getByLabel('Price in USD').fill('14');
    await admin
      .button(/^Save$/)
      .first()
      .click();
    await admin.reads('It is saved.');
    await page.goto(`/products/${id}`);
    await admin.reads('$14.00');

    await page.goto(`/admin/products/${id}`);
    await page.getByLabel('Stock, as it was counted').fill('100');
    await world.countStock(id, 3);
    await admin.button('Save the count').click();
    await admin.reads('The product was changed or sold meanwhile.');
    await admin.button('Load the page again').click();
    await page.getByLabel('Stock, as it was counted').fill('4');
    await admin.button('Save the count').click();
    await admin.reads('The count is saved.');
    await page.goto('/admin/products');
    await page.getByLabel('Find a product').fill('Paper Lantern');
    await page.getByRole('row', { name: /Paper Lantern Home \$14.00 4/ }).waitFor();
    expect(await barriersOf(page)).toEqual([]);
  });

  it('an administrator ships an order and gives money back, and the customer sees it at once', async () => {
    const product = await world.shop.product(5, 2_000);
    const ada = await world.newcomer();
    await ada.putIntoCart(product, 2);
    await ada.giveAddress();
    const orderNumber = await ada.placeOrder();
    await ada.payWith();
    await ada.reads('Thank you! It is paid');

    const admin = await administrator();
    await admin.link('Admin').click();
    await admin.page.getByLabel('Show').selectOption('To be shipped');
    await admin.page.locator(`a[href="/orders/${orderNumber}"]`).click();
    await admin.reads('All that happened');
    await admin.reads(/catalog_service/);
    expect(await barriersOf(admin.page)).toEqual([]);
    await keepPicture(admin.page, 'administration');
    await admin.page.getByLabel('Carrier').fill('DHL');
    await admin.page.getByLabel('Tracking number').fill('0034');
    await admin.button('Ship').click();
    await ada.reads('It is on its way.');
    await ada.reads('DHL 0034, shipped');
    await admin.button('It has arrived').click();
    await ada.reads('It has arrived. Enjoy!');
    await admin.page.getByLabel('Amount in USD').fill('5');
    await admin.page.getByLabel('Reason').fill('A scratch.');
    await admin.button('Give it back').click();
    await ada.reads('Given back: $5.00');
  });

  it('shows nothing of that to customers', async () => {
    const ada = await world.newcomer();
    await ada.signIn('demo@shop.test', 'demo-password');
    expect(await ada.link('Admin').count()).toBe(0);
    await ada.page.goto('/admin/products');
    await ada.isAt('For administrators');
  });
}
