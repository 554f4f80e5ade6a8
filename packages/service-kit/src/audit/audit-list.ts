import { type RequestHandler, Router } from 'express';
import type { ContractDocument } from '../openapi/contract-document.ts';
import { createParsers } from '../openapi/parsers.ts';
import { problem } from '../problems/problems.ts';
import { type AuditEvent, type AuditQuery, readCursor } from './audit-repository.ts';
import type { AuditTrail } from './audit-trail.ts';

/**
 * A query of audit events, by the schema `AuditQuery` of the service's contract.
 * @throws Problem `validation-failed`
 */
export function auditQueryParser(document: ContractDocument) {
  const { queryParser } = createParsers<{ AuditQuery: AuditQuery }>(document);
  const parse = queryParser('AuditQuery');
  return (query: Readonly<Record<string, unknown>>): AuditQuery => {
    const parsed = parse(query);
    if (parsed.cursor !== undefined && readCursor(parsed.cursor).length === 0) {
      const message = 'must be the nextCursor of another page';
      throw problem('validation-failed', { errors: [{ field: 'cursor', message }] });
    }
    return parsed;
  };
}

/** `GET /audit-part`: this service's events, for order_service, which puts those of all services in one list. */
export function auditPartRoutes(
  trail: AuditTrail,
  document: ContractDocument,
  admin: readonly RequestHandler[],
): Router {
  const parse = auditQueryParser(document);
  return Router().get('/audit-part', ...admin, async (req, res) => {
    res.json({ items: await trail.list(parse(req.query)) } satisfies AuditPart);
  });
}

export interface AuditPart {
  readonly items: readonly AuditEvent[];
}
