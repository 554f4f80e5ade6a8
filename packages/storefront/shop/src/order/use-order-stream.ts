import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { type Order, shop } from '../api.ts';

/**
 * Reads an order again whenever its live stream tells of something. The client connects again by itself. A tab that is not
 * seen has none: browsers have six connections to a shop over HTTP/1.1, for all tabs together.
 */
export function useOrderStream(order: Order | undefined) {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const isSeen = useIsSeen();
  const orderNumber = order?.orderNumber;
  const isOver = order?.status === 'cancelled';
  const lastEntry = order?.history.at(-1)?.id;
  useEffect(() => {
    if (orderNumber === undefined || isOver || !isSeen) return;
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
  }, [orderNumber, isOver, isSeen]);
  return { error };
}

function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setSeen(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isSeen;
}
