import { type TimelineEntry, type TimelinePart, timelinePartSchema } from '@shop/contracts';
import { createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';

export type TimelineClient = ReturnType<typeof createTimelineClient>;

/** A service that knows something of an order. */
export function createTimelineClient(name: TimelineEntry['service'], baseUrl: string, metrics: Metrics) {
  const unavailable = (cause: unknown) => new Error(`${name} does not answer`, { cause });
  // Payments are read from Stripe, one request after the other.
  const http = createHttpClient({ name, baseUrl, metrics, unavailable, attemptMs: 4_000, totalMs: 5_000 });
  const isPart = new Ajv({ formats: { 'date-time': true } }).compile<TimelinePart>(timelinePartSchema);
  return {
    name,
    /**
     * @param ids of the order's events, or of its payments
     * @param token of an administrator
     * @throws Error when the service does not answer, or not as agreed
     */
    read: async (orderNumber: string, ids: readonly string[], token: string): Promise<TimelineEntry[]> => {
      const path = `/timeline/${encodeURIComponent(orderNumber)}?ids=${ids.map(encodeURIComponent).join(',')}`;
      const { status, body } = await http.send({
        method: 'GET',
        path,
        headers: { authorization: `Bearer ${token}` },
      });
      if (status === 200 && isPart(body)) return body.items;
      throw unavailable(new Error(`unexpected reply with status ${status}`));
    },
  };
}
