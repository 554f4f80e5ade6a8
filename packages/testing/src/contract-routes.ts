import type { ContractDocument } from '@shop/service-kit';
import type { Express } from 'express';
import { listOperations } from './contract-operations.ts';

type Stack = {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle?: { stack?: Stack };
}[];

/** Every route of an app as `GET /orders/{orderNumber}`; routers must be mounted without a path of their own. */
export function routesOf(app: Express): readonly string[] {
  const walk = (stack: Stack): string[] =>
    stack.flatMap(({ route, handle }) => {
      if (route === undefined) return walk(handle?.stack ?? []);
      const methods = Object.keys(route.methods).filter((method) => method !== '_all');
      const paths = [route.path].flat().map((path) => path.replaceAll(/:(\w+)/g, '{$1}'));
      return paths.flatMap((path) => methods.map((method) => `${method.toUpperCase()} ${path}`));
    });
  return [...new Set(walk((app as unknown as { router: { stack: Stack } }).router.stack))].sort();
}

/** Every operation of a document, written as {@link routesOf} writes routes: a test expects the two to be equal. */
export function operationsOf(document: ContractDocument): readonly string[] {
  return listOperations(document)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    .sort();
}
