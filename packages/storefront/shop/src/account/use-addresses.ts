import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { type Address, shop } from '../api.ts';

const readAddresses = () => orThrow(shop.listAddresses());

/** What a customer keeps, the default one first. */
export const useAddresses = (enabled = true) =>
  useQuery({ queryKey: ['addresses'], queryFn: readAddresses, enabled });

/** Keeps an address for the next order, unless it is kept already. */
export async function keepAddress(address: Address): Promise<void> {
  const { items } = await readAddresses();
  const isKept = items.some((kept) => textOf(kept) === textOf(address));
  if (!isKept) await orThrow(shop.addAddress({ body: address }));
}

function textOf({ name, address }: Address): string {
  const { line1, line2, postalCode, city, state, country } = address;
  return JSON.stringify([name, line1, line2, postalCode, city, state, country]);
}
