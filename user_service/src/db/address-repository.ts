import type { ShippingAddress } from '@shop/contracts';
import { withTransaction } from '@shop/service-kit';
import type pg from 'pg';
import type { SavedAddress } from '../domain/address.ts';

export type AddressRepository = ReturnType<typeof createAddressRepository>;
/** The addresses of one user, whose other changes wait. */
export type OwnAddresses = ReturnType<typeof ownAddresses>;

interface AddressRow extends Omit<SavedAddress, 'phone' | 'createdAt' | 'updatedAt'> {
  readonly phone: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `id, name, phone, address, is_default AS "isDefault", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

export function createAddressRepository(pool: pg.Pool) {
  return {
    /** The default one, then from the newest to the oldest. */
    list: async (userId: number): Promise<SavedAddress[]> => {
      const { rows } = await pool.query<AddressRow>(
        `SELECT ${columns} FROM addresses WHERE user_id = $1 ORDER BY is_default DESC, id DESC`,
        [userId],
      );
      return rows.map(toAddress);
    },
    find: async (userId: number, id: number): Promise<SavedAddress | undefined> => {
      const { rows } = await pool.query<AddressRow>(
        `SELECT ${columns} FROM addresses WHERE user_id = $1 AND id = $2`,
        [userId, id],
      );
      return rows[0] && toAddress(rows[0]);
    },
    /**
     * Changes a user's addresses in one transaction, one after the other: so there are never too many, nor two defaults.
     * @returns what `work` returns, or undefined when the user has been deleted
     */
    change: <T>(userId: number, work: (own: OwnAddresses) => Promise<T>): Promise<T | undefined> =>
      withTransaction(pool, async (client) => {
        const user = await client.query(
          'SELECT FROM users WHERE id = $1 AND forget_after IS NULL FOR NO KEY UPDATE',
          [userId],
        );
        return user.rowCount === 1 ? work(ownAddresses(client, userId)) : undefined;
      }),
  };
}

function ownAddresses(client: pg.PoolClient, userId: number) {
  const valuesOf = ({ name, phone, address }: ShippingAddress) => [
    userId,
    name,
    phone ?? null,
    JSON.stringify(address),
  ];
  return {
    count: async (): Promise<number> => {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int FROM addresses WHERE user_id = $1',
        [userId],
      );
      return rows[0]?.count ?? 0;
    },
    add: async (address: ShippingAddress, isDefault: boolean): Promise<SavedAddress> => {
      const { rows } = await client.query<AddressRow>(
        `INSERT INTO addresses (user_id, name, phone, address, is_default) VALUES ($1, $2, $3, $4, $5)
         RETURNING ${columns}`,
        [...valuesOf(address), isDefault],
      );
      return toAddress(rows[0] as AddressRow);
    },
    /** @returns undefined when the user has no such address */
    replace: async (id: number, address: ShippingAddress): Promise<SavedAddress | undefined> => {
      const { rows } = await client.query<AddressRow>(
        `UPDATE addresses SET name = $2, phone = $3, address = $4, updated_at = now()
         WHERE user_id = $1 AND id = $5 RETURNING ${columns}`,
        [...valuesOf(address), id],
      );
      return rows[0] && toAddress(rows[0]);
    },
    clearDefault: async (): Promise<void> => {
      await client.query('UPDATE addresses SET is_default = false WHERE user_id = $1 AND is_default', [
        userId,
      ]);
    },
    makeDefault: async (id: number): Promise<void> => {
      await client.query('UPDATE addresses SET is_default = true WHERE user_id = $1 AND id = $2', [
        userId,
        id,
      ]);
    },
    makeNewestDefault: async (): Promise<void> => {
      await client.query(
        `UPDATE addresses SET is_default = true
         WHERE id = (SELECT id FROM addresses WHERE user_id = $1 ORDER BY id DESC LIMIT 1)`,
        [userId],
      );
    },
    /** @returns whether it was the default one; undefined when the user has no such address */
    remove: async (id: number): Promise<boolean | undefined> => {
      const { rows } = await client.query<{ isDefault: boolean }>(
        'DELETE FROM addresses WHERE user_id = $1 AND id = $2 RETURNING is_default AS "isDefault"',
        [userId, id],
      );
      return rows[0]?.isDefault;
    },
  };
}

const toAddress = ({ phone, createdAt, updatedAt, ...address }: AddressRow): SavedAddress => ({
  ...address,
  ...(phone !== null && { phone }),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
