import { wrongExamples } from '@shop/testing';

it.each(['user_service', 'catalog_service', 'order_service', 'payment_service'])(
  'gives examples that fit, in the document of %s',
  async (service) => {
    const { document } = await import(service);
    expect(wrongExamples(document)).toEqual([]);
  },
);
