import type { Pool as DatabasePool } from 'pg';

export interface Customer {
  readonly authorization: string;
}

export interface Side {
  readonly url: string;
  readonly customers: readonly Customer[];
}

/** What the measures are taken on. */
export interface Setting {
  readonly shop: Side & {
    readonly urls: Readonly<Record<'storefront' | 'user' | 'catalog' | 'order', string>>;
    readonly pids: readonly number[];
    readonly orders: DatabasePool;
    readonly catalog: DatabasePool;
  };
  readonly bare: Side & { readonly orders: DatabasePool };
  readonly productIds: readonly number[];
  readonly turns: number;
  readonly seconds: number;
}

/** One row of the table. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly shop: number;
  readonly baseline?: number;
  /** What the ratio, or else the value, should be. */
  readonly goal?: {
    readonly ratio?: number;
    readonly ratioAtMost?: number;
    readonly atMost?: number;
    readonly atLeast?: number;
  };
}
