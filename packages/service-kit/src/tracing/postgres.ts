import { trace as otel, SpanStatusCode } from '@opentelemetry/api';
import type pg from 'pg';
import type { Query } from '../postgres/limits.ts';
import { startSpan } from './spans.ts';
import { tracing } from './trace.ts';

/**
 * Makes a span of every statement that is run within one; what has no span around it (polling, health) stays
 * without. Statements are named, not shown: their text may hold values. Does nothing while tracing is off.
 */
export function tracePool(pool: pg.Pool, service: string): void {
  if (!tracing.on) return;
  pool.on('connect', (client) => traceClient(client, service));
}

function traceClient(client: pg.ClientBase, service: string): void {
  const { host, port, database } = client as pg.Client;
  const server = { 'server.address': host, 'server.port': port, 'db.namespace': database ?? '' };
  const query: Query = client.query.bind(client);
  const traced: Query = async (statement, values) => {
    if (otel.getActiveSpan() === undefined) return query(statement, values);
    const text = typeof statement === 'string' ? statement : statement.text;
    const { operation, summary } = describeStatement(text);
    const { span } = startSpan({
      name: summary,
      kind: 'client',
      service,
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.query.summary': summary,
        ...server,
      },
    });
    try {
      return await query(statement, values);
    } catch (error) {
      // Not the message: it may hold a value.
      const { code, name } = error as { code?: string; name?: string };
      if (code !== undefined) span.setAttribute('db.response.status_code', code);
      span.setAttribute('error.type', code ?? name ?? 'Error').setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
  client.query = traced as typeof client.query;
}

/** What a statement does, and to which table first: `INSERT outbox`. */
export function describeStatement(text: string): { readonly operation: string; readonly summary: string } {
  const operation = (/[a-z]+/i.exec(text)?.[0] ?? 'query').toUpperCase();
  const [, changed, read] = target.exec(text) ?? [];
  const table = (changed ?? read)?.replaceAll('"', '');
  return {
    operation,
    summary: table !== undefined && withTable.has(operation) ? `${operation} ${table}` : operation,
  };
}

// What FROM names is no table when a parenthesis (it is a function), or another FROM, follows.
const target = /\b(?:(?:INTO|UPDATE|JOIN)\s+([\w."]+)|FROM\s+([\w."]+)(?![\w."]|\s*\(|\s+FROM\b))/i;
const withTable = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH', 'MERGE']);
