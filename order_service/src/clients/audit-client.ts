import { type AuditEvent, type AuditQuery, createHttpClient, type Metrics } from '@shop/service-kit';

export type AuditClient = ReturnType<typeof createAuditClient>;

/** A service that has audit events of its own. */
export function createAuditClient<Name extends string>(
  name: Name,
  urls: readonly string[],
  metrics: Metrics,
) {
  const unavailable = (cause: unknown) => new Error(`${name} does not answer`, { cause });
  const http = createHttpClient({ name, urls, metrics, unavailable });
  return {
    name,
    /**
     * @param token of an administrator
     * @throws Error when the service does not answer, or not as agreed
     */
    list: async (query: AuditQuery, token: string): Promise<AuditEvent[]> => {
      const given = Object.entries(query).map(([field, value]) => [field, String(value)]);
      const path = `/audit-part?${new URLSearchParams(Object.fromEntries(given))}`;
      const headers = { authorization: `Bearer ${token}` };
      const { status, body } = await http.send({ method: 'GET', path, headers });
      const { items } = (body ?? {}) as { items?: AuditEvent[] };
      if (status === 200 && Array.isArray(items)) return items;
      throw unavailable(new Error(`unexpected reply with status ${status}`));
    },
  };
}
