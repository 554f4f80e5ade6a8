import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { type Order, shop } from '../api.ts';

/** Reads an order again whenever its live stream tells of something. The client connects again by itself. */
export function useOrderStream(order: Order | undefined) {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const orderNumber = order?.orderNumber;
  const isOver = order?.status === 'cancelled';
  const lastEntry = order?.history.at(-1)?.id;
  useEffect(() => {
    if (orderNumber === undefined || isOver) return;
    const stopping = new AbortController();
    const follow = async () => {
      setError(undefined);
      const events = shop.followOrder({ orderNumber }, { lastEventId: lastEntry, signal: stopping.signal });
      for await (const _ of events) await queries.invalidateQueries({ queryKey: ['order', orderNumber] });
    };
    follow().catch((problem: unknown) => {
      if (!stopping.signal.aborted) setError(problem);
    });
    return () => stopping.abort();
    // Not for each entry: the stream goes on.
  }, [orderNumber, isOver]);
  return { error };
}
