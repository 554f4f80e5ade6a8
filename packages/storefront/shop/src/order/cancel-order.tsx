import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { type Order, shop } from '../api.ts';
import { Press } from '../parts/form.tsx';
import { Problem } from '../parts/problem.tsx';

/** For as long as nothing of it is shipped. It asks once more, for it cannot be undone. */
export function CancelOrder({ order: { orderNumber, status, fulfilment } }: { order: Order }) {
  const [isAsking, setAsking] = useState(false);
  const cancel = useMutation({ mutationFn: () => orThrow(shop.cancelOrder({ orderNumber })) });
  if (status === 'cancelled' || fulfilment !== 'none') return null;
  return (
    <div class="stack">
      {isAsking ? (
        <fieldset class="row">
          <legend>Cancel this order?</legend>
          <Press class="bad" busy={cancel.isPending} onPress={() => cancel.mutate()}>
            Yes, cancel it
          </Press>
          <Press onPress={() => setAsking(false)}>Keep it</Press>
        </fieldset>
      ) : (
        <Press class="plain" onPress={() => setAsking(true)}>
          Cancel the order
        </Press>
      )}
      <Problem error={cancel.error} onRetry={() => cancel.mutate()} />
    </div>
  );
}
