import { orThrow } from '@shop/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { type Cart, shop } from '../api.ts';
import { isKnown } from '../session.ts';

const empty: Cart = { lines: [], amount: 0, currency: null, adjustments: [] };

export const useCart = () =>
  useQuery({
    queryKey: ['cart'],
    queryFn: async () => (isKnown() ? orThrow(shop.getCart()) : empty),
  });

/** A change of the cart, after which it is read again: also when it failed, for then it is not what the page shows. */
function useCartChange<Input>(change: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: ['cart'] }),
  });
}

/** Who is nobody yet becomes a guest with that. */
export const useAddToCart = () =>
  useCartChange(async (item: { productId: number; qty: number }) => {
    const begun = await shop.session.begin();
    if (begun !== undefined) await orThrow(begun);
    return orThrow(shop.addToCart({ body: item }));
  });

export const useChangeLine = () =>
  useCartChange(({ id, qty }: { id: number; qty: number }) =>
    qty === 0
      ? orThrow(shop.removeCartLine({ lineItemId: id }))
      : orThrow(shop.changeCartLine({ lineItemId: id, body: { qty } })),
  );
