import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { shop } from '../api.ts';

/** What a customer keeps, the default one first. */
export const useAddresses = (enabled = true) =>
  useQuery({ queryKey: ['addresses'], queryFn: () => orThrow(shop.listAddresses()), enabled });
