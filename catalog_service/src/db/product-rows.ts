import type { Product } from '../domain/product.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** The columns of a {@link ProductRow}, of a table or subquery called `p`. */
export const productColumnNames = `p.id, p.name, p.description, p.price, p.currency, p.stock, p.category, p.tags,
  p.image_url AS "imageUrl", p.sku, p.group_id AS "groupId", p.options, p.media, p.revision, p.version, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;
export const productColumns = Prisma.raw(productColumnNames);

export interface ProductRow extends Omit<Product, 'createdAt' | 'updatedAt'> {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function toProduct(row: ProductRow): Product {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    price: row.price,
    currency: row.currency,
    stock: row.stock,
    category: row.category,
    tags: row.tags,
    imageUrl: row.imageUrl,
    sku: row.sku,
    groupId: row.groupId,
    options: row.options,
    media: row.media,
    revision: row.revision,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
