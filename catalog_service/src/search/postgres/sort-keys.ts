import { Prisma } from '../../generated/prisma/client.ts';
import type { Position } from '../cursor.ts';
import type { ProductSort } from '../search-index.ts';

/** An order of products, and how to go on in it. */
export interface SortKeys {
  readonly order: Prisma.Sql;
  /** The products after a position: a range of an index, where there is one. */
  after(position: Position): Prisma.Sql;
}

export function sortKeys(sort: ProductSort, score: Prisma.Sql): SortKeys {
  switch (sort) {
    case 'relevance':
      return {
        order: Prisma.sql`score DESC, p.id`,
        after: ({ value, id }) =>
          Prisma.sql`(${score} < ${value}::float8 OR ${score} = ${value}::float8 AND p.id > ${id}::int)`,
      };
    case 'newest':
      return { order: Prisma.sql`p.id DESC`, after: ({ id }) => Prisma.sql`p.id < ${id}::int` };
    default:
      return byColumn(sort);
  }
}

function byColumn(sort: 'price' | '-price' | 'name' | '-name'): SortKeys {
  const isName = sort.endsWith('name');
  const column = isName ? Prisma.sql`p.sort_name` : Prisma.sql`p.price`;
  const given = (value: Position['value']) =>
    isName ? Prisma.sql`sort_text(${value})` : Prisma.sql`${value}::int`;
  const [direction, isAfter] = sort.startsWith('-')
    ? [Prisma.sql`DESC`, Prisma.sql`<`]
    : [Prisma.sql`ASC`, Prisma.sql`>`];
  return {
    order: Prisma.sql`${column} ${direction}, p.id ${direction}`,
    after: ({ value, id }) => Prisma.sql`(${column}, p.id) ${isAfter} (${given(value)}, ${id}::int)`,
  };
}
