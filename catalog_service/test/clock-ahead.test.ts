import { setClockAhead } from '@shop/testing';
import { mug, startCatalog } from './support/harness.ts';

it('an instance whose clock is ten minutes ahead changes and deletes products at the time of the database', async () => {
  const catalog = await startCatalog();
  try {
    const { body: made } = await catalog.post('/products', mug);
    const setRight = setClockAhead(600_000);
    try {
      await catalog.patch(`/products/${made.id}`, { name: 'Cup' });
      await catalog.delete(`/products/${made.id}`);
    } finally {
      setRight();
    }
    const rows = await catalog.sql(
      'SELECT updated_at <= now() AS updated, deleted_at <= now() AS deleted FROM products WHERE id = $1',
      [made.id],
    );
    expect(rows).toEqual([{ updated: true, deleted: true }]);
  } finally {
    await catalog.stop();
  }
});
