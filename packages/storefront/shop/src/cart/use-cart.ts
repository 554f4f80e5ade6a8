import { orThrow } from '@shop/client';
import { useMutation, useQuery } from '@tanstack/preact-query';
import { type Cart, shop } from '../api.ts';
import { isKnown } from '../session.ts';

const empty: Cart = { lines: [], amount: 0, currency: null, adjustments: [] };

export const useCart = () =>
  useQuery({
    queryKey: ['cart'],
    queryFn: async () => (isKnown() ? orThrow(shop.getCart()) : empty),
  });

/** Who is nobody yet becomes a guest with that. */
export async function addToCart(item: { productId: number; qty: number }) {
  const begun = await shop.session.begin();
  if (begun !== undefined) await orThrow(begun);
  return orThrow(shop.addToCart({ body: item }));
}

export const useChangeLine = () =>
  useMutation({
    mutationFn: ({ id, qty }: { id: number; qty: number }) =>
      qty === 0
        ? orThrow(shop.removeCartLine({ lineItemId: id }))
        : orThrow(shop.changeCartLine({ lineItemId: id, body: { qty } })),
  });
