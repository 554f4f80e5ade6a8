import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { shop } from '../api.ts';

export const useProduct = (id: number, options: { readonly refetchOnWindowFocus?: boolean } = {}) =>
  useQuery({ ...options, queryKey: ['product', id], queryFn: () => orThrow(shop.getProduct({ id })) });
