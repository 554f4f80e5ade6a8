import type { Product } from './product.ts';

/** All values of an option that the variants of a group have. */
export interface GroupOption {
  readonly name: string;
  readonly values: readonly string[];
}

export interface ProductGroup {
  readonly id: string;
  /** By id. */
  readonly items: readonly Product[];
  /** False: the group has more than are here. */
  readonly isComplete: boolean;
  /** By name; the values as the products bring them. */
  readonly options: readonly GroupOption[];
}

export const mostVariants = 200;

/** @param products the group's by id, and one more than are shown if there is one */
export function groupOf(id: string, products: readonly Product[]): ProductGroup {
  const items = products.slice(0, mostVariants);
  const values = new Map<string, Set<string>>();
  for (const [name, value] of items.flatMap(({ options }) => Object.entries(options)))
    values.set(name, (values.get(name) ?? new Set()).add(value));
  const options = [...values].map(([name, each]) => ({ name, values: [...each] }));
  return {
    ...{ id, items, isComplete: products.length <= mostVariants },
    options: options.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
