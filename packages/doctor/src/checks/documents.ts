import { forEachPage, type Read } from '../database.ts';
import type { Notes } from '../report.ts';
import { createSearchIndex, type SearchIndexOptions } from '../search-index.ts';
import type { Windows } from '../windows.ts';

interface ProductRow {
  readonly id: number;
  readonly version: number;
  readonly isDeleted: boolean;
  readonly isYoung: boolean;
}

const pageSize = 500;

/** Invariant 6: the search document of a product has its latest version. */
export async function checkDocuments(
  read: Read,
  options: SearchIndexOptions,
  { settleSeconds }: Windows,
  notes: Notes,
): Promise<void> {
  const index = createSearchIndex(options);
  const alias = await index.findAlias();
  if (alias === undefined) return notes.notChecked('the search index: none is in use');

  const productsOf = (where: string, values: readonly unknown[]) =>
    read<ProductRow>(
      `SELECT id, version, deleted_at IS NOT NULL AS "isDeleted",
         updated_at > now() - make_interval(secs => $1) AS "isYoung"
       FROM catalog.products WHERE ${where} ORDER BY id LIMIT ${pageSize}`,
      [settleSeconds, ...values],
    );

  async function findStale(products: readonly ProductRow[]) {
    const versions = await index.versionsOf(
      alias ?? '',
      products.map(({ id }) => id),
    );
    return (
      products
        .map((product) => ({ ...product, document: versions.get(product.id) }))
        .filter(({ isYoung }) => !isYoung)
        // An index that was built after a product was deleted does not have it.
        .filter(
          ({ document, version, isDeleted }) =>
            document !== version && (document !== undefined || !isDeleted),
        )
    );
  }

  const next = (last: ProductRow | undefined) => productsOf('id > $2', [last?.id ?? 0]);
  await forEachPage(pageSize, next, async (products) => {
    notes.checked('documents', products.length);
    const suspects = products.length === 0 ? [] : await findStale(products);
    if (suspects.length === 0) return;
    // The two are not read at one moment: what looks wrong is looked at again.
    const ids = suspects.map(({ id }) => id);
    for (const { id, version, document } of await findStale(await productsOf('id = ANY ($2::int[])', [ids])))
      notes.found(
        'document-stale',
        { productId: id },
        `it has version ${version}, and its document ${document ?? 'is not there'}`,
      );
  });
}
