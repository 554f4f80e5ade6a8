import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { shop } from '../api.ts';

export const useProduct = (id: number) =>
  useQuery({ queryKey: ['product', id], queryFn: () => orThrow(shop.getProduct({ id })) });
