import { pipeline } from 'node:stream/promises';
import {
  type AuditTrail,
  actorOf,
  allowLongRequest,
  currentTrace,
  type Logger,
  Problem,
  parseJson,
  requireAdmin,
  requireUser,
  type TokenVerifier,
  withTrace,
} from '@shop/service-kit';
import { bulkhead } from 'cockatiel';
import { type Request, Router } from 'express';
import type { CatalogDatabase } from '../db/transaction.ts';
import { problem } from '../problems.ts';
import { type ImportLine, type ImportResult, importLines } from '../services/product-import.service.ts';
import { parseQuery } from './dto/parse-input.ts';
import { parseImportLine, toImportedProduct } from './dto/product.dto.ts';
import { ImportQueryDto } from './dto/requests.dto.ts';
import { inBatches, type Line, linesOf, longestLine, oneAhead } from './ndjson.ts';

export interface ImportRoutesOptions {
  readonly db: CatalogDatabase;
  readonly audit: AuditTrail;
  readonly tokens: TokenVerifier;
  /** Of products that are created without one. */
  readonly defaultCurrency: string;
  readonly logger: Logger;
}

/** Takes lines as they come, and no faster than their results are read. */
export function importRoutes({ db, audit, tokens, defaultCurrency, logger }: ImportRoutesOptions): Router {
  const router = Router();
  // One has the database at a time, or imports that wait for each other there would use up its connections.
  const turns = bulkhead(1, Number.POSITIVE_INFINITY);
  router.post('/products/import', requireUser(tokens), requireAdmin('catalog:write'), async (req, res) => {
    const { dryRun = false } = parseQuery(ImportQueryDto, req.query);
    requireLines(req);
    allowLongRequest(req);
    // At once: a caller may wait for the reply before it sends more.
    res.type('application/x-ndjson').flushHeaders();
    const deps = { db, audit, logger, by: actorOf(req, res) };
    const trace = currentTrace();
    // That of a request is for all of its transactions together.
    const withoutTimeLimit = <T>(work: () => T) => (trace === undefined ? work() : withTrace(trace, work));
    const results = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const parsed of oneAhead(parsedBatches(chunks, defaultCurrency))) {
        const valid = parsed.filter((each) => 'sku' in each);
        // Nothing more once the caller has left.
        const apply = async () => (res.destroyed ? [] : importLines(valid, dryRun, deps));
        const applied = await turns.execute(() => withoutTimeLimit(apply));
        const done = new Map(applied.map((result) => [result.line, result]));
        yield parsed.map((each) => toJson('sku' in each ? done.get(each.number) : each)).join('');
      }
    };
    try {
      await pipeline(req, results, res);
    } catch (error) {
      // The caller has left: what it was told of is done.
      if (!connectionCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  });
  return router;
}

const connectionCodes = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

function requireLines(req: Request): void {
  const type = req.get('content-type') ?? 'no content type';
  if (!/^application\/(x-)?ndjson\s*(;|$)/i.test(type)) {
    const detail = `The body must be application/x-ndjson, not ${type}.`;
    throw problem('unsupported-media-type', { detail });
  }
  const encoding = req.get('content-encoding') ?? 'identity';
  if (!/^identity$/i.test(encoding)) {
    const detail = 'The lines of an import must not be compressed.';
    throw problem('unsupported-media-type', { detail });
  }
}

async function* parsedBatches(chunks: AsyncIterable<Buffer>, defaultCurrency: string) {
  for await (const batch of inBatches(linesOf(chunks)))
    yield batch.map((line) => parseLine(line, defaultCurrency));
}

function parseLine({ number, bytes }: Line, defaultCurrency: string): ImportLine | ImportResult {
  try {
    if (bytes === undefined)
      throw problem('body-too-large', { detail: `The line has more than ${longestLine} bytes.` });
    const line = parseImportLine(parseJson(bytes, 'The line'));
    return { number, ...line, toNew: () => toImportedProduct(line, defaultCurrency) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { line: number, status: 'failed', id: null, problem: error };
  }
}

function toJson(result: ImportResult | undefined): string {
  const { problem: why } = result ?? {};
  const told = why && { ...why.details, ...why.toJSON(), ...(why.errors && { errors: why.errors }) };
  return `${JSON.stringify({ ...result, ...(told && { problem: told }) })}\n`;
}
