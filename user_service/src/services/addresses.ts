import type { AddressRepository, OwnAddresses } from '../db/address-repository.ts';
import { type AddressInput, acceptAddress, maxAddresses, type SavedAddress } from '../domain/address.ts';
import { problem } from '../problems.ts';
import { tokenOutdated } from './profile.ts';

/** @throws Problem `address-not-found`, also for one of another user */
export async function getAddress(
  userId: number,
  id: number,
  addresses: AddressRepository,
): Promise<SavedAddress> {
  return found(await addresses.find(userId, id));
}

/**
 * Keeps a further address; the first one is the default.
 * @throws Problem `validation-failed`, `addresses-full`
 */
export function addAddress(
  userId: number,
  given: AddressInput,
  addresses: AddressRepository,
): Promise<SavedAddress> {
  const { isDefault = false, ...address } = acceptAddress(given);
  return change(userId, addresses, async (own) => {
    const count = await own.count();
    if (count >= maxAddresses) throw problem('addresses-full');
    if (isDefault) await own.clearDefault();
    return own.add(address, isDefault || count === 0);
  });
}

/** @throws Problem `validation-failed`, `address-not-found` */
export function replaceAddress(
  userId: number,
  id: number,
  given: AddressInput,
  addresses: AddressRepository,
): Promise<SavedAddress> {
  const { isDefault = false, ...address } = acceptAddress(given);
  return change(userId, addresses, async (own) => {
    const saved = found(await own.replace(id, address));
    if (!isDefault || saved.isDefault) return saved;
    await own.clearDefault();
    await own.makeDefault(id);
    return { ...saved, isDefault };
  });
}

/**
 * Forgets an address. If it was the default, the newest of the others is now.
 * @throws Problem `address-not-found`
 */
export function removeAddress(userId: number, id: number, addresses: AddressRepository): Promise<void> {
  return change(userId, addresses, async (own) => {
    const wasDefault = found(await own.remove(id));
    if (wasDefault) await own.makeNewestDefault();
  });
}

async function change<T>(
  userId: number,
  addresses: AddressRepository,
  work: (own: OwnAddresses) => Promise<T>,
): Promise<T> {
  const done = await addresses.change(userId, async (own) => ({ result: await work(own) }));
  // Deleted since the request began.
  if (done === undefined) throw tokenOutdated();
  return done.result;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw problem('address-not-found');
  return value;
}
