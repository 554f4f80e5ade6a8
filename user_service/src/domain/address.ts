import { countryFaults, type ShippingAddress } from '@shop/contracts';
import { problem } from '../problems.ts';

/** What a user keeps an address with. */
export interface AddressInput extends ShippingAddress {
  /** True makes it the default one, in place of another. */
  readonly isDefault?: boolean;
}

export interface SavedAddress extends ShippingAddress {
  readonly id: number;
  /** One of a user's addresses is. */
  readonly isDefault: boolean;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const maxAddresses = 50;

/** @throws Problem `validation-failed` when there is no such country */
export function acceptAddress(given: AddressInput): AddressInput {
  const errors = countryFaults('address.country', given.address.country);
  if (errors.length > 0) throw problem('validation-failed', { errors });
  return given;
}
