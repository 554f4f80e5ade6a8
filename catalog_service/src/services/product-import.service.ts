import { databaseIsUnavailable, type Logger, type NewAuditEvent, Problem } from '@shop/service-kit';
import { type CatalogDatabase, type ImportTransaction, withImportTransaction } from '../db/transaction.ts';
import { productUpserted } from '../domain/events.ts';
import {
  type Adjustment,
  adjustmentsOf,
  changeOf,
  type NewProduct,
  type Product,
  type ProductContent,
} from '../domain/product.ts';
import { problem } from '../problems.ts';
import { addProducts } from './import.service.ts';
import { type ByAdmin, productChanged } from './product-audit.ts';

/** A new product, or what is to change of the one that has its SKU. */
export interface ImportLine {
  readonly number: number;
  readonly sku: string;
  readonly content: Partial<ProductContent>;
  readonly stock: number | undefined;
  /** The product's at which `stock` was counted. */
  readonly version: number | undefined;
  /** @throws Problem `validation-failed` when it lacks what a new product must have */
  readonly toNew: () => NewProduct;
}

export interface ImportResult {
  readonly line: number;
  readonly status: 'created' | 'updated' | 'unchanged' | 'failed';
  /** None of a line that failed before its product was known, or would be created. */
  readonly id: number | null;
  /** Why it failed. */
  readonly problem?: Problem;
}

export interface ImportDeps extends ByAdmin {
  readonly db: CatalogDatabase;
  readonly logger: Logger;
}

/**
 * Applies lines in their order, those that fail not, in so few statements that their number does not depend on that of the
 * lines. What is answered is committed. A dry run changes nothing, and knows nothing of lines before these.
 */
export async function importLines(
  lines: readonly ImportLine[],
  dryRun: boolean,
  deps: ImportDeps,
): Promise<ImportResult[]> {
  try {
    return await withImportTransaction(deps.db, (tx) => apply(lines, dryRun, tx, deps));
  } catch (error) {
    const isTemporary = databaseIsUnavailable(error) || (error as Partial<Problem>).status === 503;
    // One of them is at fault, or another caller has used its SKU meanwhile.
    if (!isTemporary && lines.length > 1) {
      const half = Math.ceil(lines.length / 2);
      const first = await importLines(lines.slice(0, half), dryRun, deps);
      return [...first, ...(await importLines(lines.slice(half), dryRun, deps))];
    }
    const why = toProblem(error, deps.logger);
    return lines.map(({ number }) => ({ line: number, status: 'failed', id: null, problem: why }));
  }
}

function toProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  const code = databaseIsUnavailable(error) ? 'database-unavailable' : 'internal-error';
  logger.error({ err: error }, 'lines of an import failed');
  return problem(code, { cause: error });
}

async function apply(
  lines: readonly ImportLine[],
  dryRun: boolean,
  tx: ImportTransaction,
  { audit, by }: ByAdmin,
): Promise<ImportResult[]> {
  // One import writes at a time: what two of them add to the words of the search would deadlock.
  if (!dryRun) await tx.sql(`SELECT pg_advisory_xact_lock(hashtextextended('catalog import', 0))::text`, []);
  const found = await tx.products.lockBySku([...new Set(lines.map(({ sku }) => sku))]);
  const products = new Map(found.map((product) => [product.sku, product]));
  const audited: NewAuditEvent[] = [];
  const results = new Map<number, ImportResult>();
  const keep = (created: readonly Product[]) => {
    for (const product of created) products.set(product.sku, product);
  };

  const news = newProducts(lines, products, results);
  const wanted = news.map(({ product }) => product);
  if (dryRun) keep(wanted.map(asCreated));
  else if (wanted.length > 0) {
    const added = await addProducts(wanted, tx);
    keep(added);
    audited.push(...added.map((product) => productChanged(null, product, by)));
  }
  for (const { line, product } of news) {
    const id = products.get(product.sku)?.id || null;
    results.set(line.number, { line: line.number, status: 'created', id });
  }

  const states: Product[] = [];
  const adjustments: Adjustment[] = [];
  for (const line of lines) {
    if (results.has(line.number)) continue;
    const product = products.get(line.sku) as Product;
    const { id } = product;
    const result = attempt(line.number, id || null, () => {
      const changed = importedChange(product, line);
      if (changed === undefined) return 'unchanged';
      products.set(line.sku, changed);
      states.push(changed);
      adjustments.push(...adjustmentsOf(product, changed));
      audited.push(productChanged(product, changed, by));
      return 'updated';
    });
    results.set(line.number, result);
  }
  if (!dryRun && states.length > 0) {
    const last = new Map(states.map((state) => [state.id, state]));
    const saved = await tx.products.save([...last.values()], adjustments);
    const times = new Map(saved.map(({ id, updatedAt }) => [id, updatedAt]));
    await tx.addEvents(
      states.map((state) => productUpserted({ ...state, updatedAt: times.get(state.id) ?? state.updatedAt })),
    );
  }
  if (!dryRun) await audit.add(tx, audited);
  return lines.map(({ number }) => results.get(number) as ImportResult);
}

interface NewLine {
  readonly line: ImportLine;
  readonly product: NewProduct;
}

/** Of each SKU that no product has the first line that describes one whole; those before it fail. */
function newProducts(
  lines: readonly ImportLine[],
  products: ReadonlyMap<string | null, Product>,
  results: Map<number, ImportResult>,
): NewLine[] {
  const news = new Map<string, NewLine>();
  for (const line of lines) {
    if (products.has(line.sku) || news.has(line.sku)) continue;
    const result = attempt(line.number, null, () => {
      news.set(line.sku, { line, product: line.toNew() });
      return 'created';
    });
    if (result.status === 'failed') results.set(line.number, result);
  }
  return [...news.values()];
}

/** For a dry run: it has no id. */
function asCreated(product: NewProduct): Product {
  const now = new Date(0).toISOString();
  return { ...product, id: 0, revision: 1, version: 1, createdAt: now, updatedAt: now };
}

/** A count is taken only when nothing was sold since; one that is right anyway needs no version. */
function importedChange(product: Product, line: ImportLine): Product | undefined {
  const { content, stock = product.stock, version } = line;
  if (stock !== product.stock) {
    if (version === undefined) throw problem('version-required');
    if (version !== product.version)
      throw problem('product-changed', { revision: product.revision, version: product.version });
  }
  return changeOf(product, content, stock);
}

function attempt(line: number, id: number | null, work: () => ImportResult['status']): ImportResult {
  try {
    return { line, status: work(), id };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { line, status: 'failed', id, problem: error };
  }
}
