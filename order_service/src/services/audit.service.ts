import { type AuditEvent, type AuditQuery, auditCursor } from '@shop/service-kit';
import type { AuditClient } from '../clients/audit-client.ts';
import type { Schemas } from '../generated/openapi.ts';
import type { OrderDeps } from './deps.ts';

type Page = Schemas['AuditPage'];
type Service = Page['unavailable'][number];

export interface AuditDeps extends Pick<OrderDeps, 'audit' | 'logger'> {
  readonly others: readonly (AuditClient & { readonly name: Service })[];
}

/**
 * The audit events of all services, newest first. A service that does not answer is named, and what it knows is missing.
 * @param token of the administrator who asks
 */
export async function listAuditEvents(query: AuditQuery, token: string, deps: AuditDeps): Promise<Page> {
  const { audit, others, logger } = deps;
  const unavailable: Service[] = [];
  const ofService = (service: Page['items'][number]['service']) => (event: AuditEvent) => ({
    service,
    ...event,
  });
  const parts = await Promise.all([
    audit.list(query).then((events) => events.map(ofService('order_service'))),
    ...others.map(async ({ name, list }) => {
      try {
        return (await list(query, token)).map(ofService(name));
      } catch (error) {
        logger.warn({ err: error }, `the audit list lacks what ${name} knows`);
        unavailable.push(name);
        return [];
      }
    }),
  ]);
  const position = ({ at, id }: AuditEvent) => `${at} ${id}`;
  const all = parts.flat().sort((a, b) => (position(a) < position(b) ? 1 : -1));
  const items = all.slice(0, query.limit);
  const last = items.at(-1);
  // Each service has given so many at most: a full page may have more behind it.
  const isMore = last !== undefined && all.length >= query.limit;
  return { items, nextCursor: isMore ? auditCursor(last) : null, unavailable };
}
