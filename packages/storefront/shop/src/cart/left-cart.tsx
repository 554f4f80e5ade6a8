import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { Press } from '../parts/form.tsx';
import { Problem } from '../parts/problem.tsx';
import { leaveGuestCart, takeGuestCart, useGuestCart } from './guest-cart.ts';

/** Says on every page that the guest's cart has not come along to the account, until it has. */
export function LeftCart() {
  const { data: guestToken } = useGuestCart();
  const take = useMutation({ mutationFn: (token: string) => orThrow(takeGuestCart(token)) });
  const leave = useMutation({ mutationFn: async () => leaveGuestCart() });
  if (!guestToken) return null;
  return (
    <div class="note warn stack" role="alert">
      <p>You are signed in, but what you had put into the cart before is not in it yet.</p>
      <div class="row">
        <Press busy={take.isPending} onPress={() => take.mutate(guestToken)}>
          Put it into the cart
        </Press>
        <Press class="plain" onPress={() => leave.mutate()}>
          Leave it
        </Press>
      </div>
      <Problem error={take.error} onRetry={() => take.mutate(guestToken)} />
    </div>
  );
}
