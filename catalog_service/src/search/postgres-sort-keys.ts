import { Prisma } from '../generated/prisma/client.ts';
import type { Position } from './cursor.ts';
import type { ProductSort } from './search-index.ts';

/** An order of products, and how to go on in it. */
export interface SortKeys {
  readonly order: Prisma.Sql;
  /** What the products are sorted by, if that is not one of their own properties. */
  readonly value: Prisma.Sql;
  /** The products after a position: a range of an index, where there is one. */
  beyond(position: Position): Prisma.Sql;
}

export function sortKeys(sort: ProductSort, score: Prisma.Sql): SortKeys {
  const none = Prisma.sql`0`;
  switch (sort) {
    case 'relevance':
      return {
        order: Prisma.sql`"sortValue" DESC, p.id`,
        value: score,
        beyond: ({ value, id }) =>
          Prisma.sql`(${score} < ${value}::int OR ${score} = ${value}::int AND p.id > ${id}::int)`,
      };
    case 'price':
      return {
        order: Prisma.sql`p.price, p.id`,
        value: none,
        beyond: ({ value, id }) => Prisma.sql`(p.price, p.id) > (${value}::int, ${id}::int)`,
      };
    case '-price':
      return {
        order: Prisma.sql`p.price DESC, p.id DESC`,
        value: none,
        beyond: ({ value, id }) => Prisma.sql`(p.price, p.id) < (${value}::int, ${id}::int)`,
      };
    case 'name':
      return {
        order: Prisma.sql`p.sort_name, p.id`,
        value: none,
        beyond: ({ value, id }) => Prisma.sql`(p.sort_name, p.id) > (sort_text(${value}), ${id}::int)`,
      };
    case '-name':
      return {
        order: Prisma.sql`p.sort_name DESC, p.id DESC`,
        value: none,
        beyond: ({ value, id }) => Prisma.sql`(p.sort_name, p.id) < (sort_text(${value}), ${id}::int)`,
      };
    case 'newest':
      return {
        order: Prisma.sql`p.id DESC`,
        value: none,
        beyond: ({ id }) => Prisma.sql`p.id < ${id}::int`,
      };
  }
}
