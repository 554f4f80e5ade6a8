import type { Express, RequestHandler } from 'express';
import { problem } from '../problems/problems.ts';

/** What Express' router keeps of its routes: it has no public way to ask which methods a path has. */
interface Layer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  match(path: string): { readonly path: string } | false;
}

/** Of routes that have their paths for themselves: `/products/suggest` is no `/products/:id`, whatever the method. */
type FixedPaths = ReadonlySet<string>;

/**
 * Answers OPTIONS, and 405 `method-not-allowed` (RFC 9110, section 15.5.6) when the app has the path but not with
 * this method; both say in `Allow` which methods there are. It comes before tokens and bodies are looked at.
 */
export function checkMethod(app: Express): RequestHandler {
  const { stack } = (app as unknown as { router: { stack: readonly Layer[] } }).router;
  let fixed: FixedPaths | undefined;
  return (req, res, next) => {
    // Once all routes are there.
    fixed ??= new Set(pathsIn(stack).filter((path) => !/[:*{]/.test(path)));
    // Nearly all requests; to gather the methods takes three times as long.
    if (hasRoute(stack, req.path, req.method.toLowerCase(), fixed)) return next();
    const methods = methodsAt(stack, req.path, fixed);
    const isKnown = methods.length > 0 && !methods.includes('_ALL');
    const isAllowed = methods.includes(req.method);
    if (isKnown && !isAllowed) res.set('Allow', [...methods, 'OPTIONS'].join(', '));
    if (req.method === 'OPTIONS') return void res.status(204).end();
    if (!isKnown || isAllowed) return next();
    const detail = `${req.path} takes ${methods.join(', ')}, not ${req.method}.`;
    throw problem('method-not-allowed', { detail });
  };
}

function hasRoute(stack: readonly Layer[], path: string, method: string, fixed: FixedPaths): boolean {
  return stack.some((layer) => {
    const { route, handle } = layer;
    if (route !== undefined) return route.methods[method] === true && takes(layer, path, fixed);
    if (handle.stack === undefined) return false;
    const match = layer.match(path);
    return match !== false && hasRoute(handle.stack, path.slice(match.path.length) || '/', method, fixed);
  });
}

function takes(layer: Layer, path: string, fixed: FixedPaths): boolean {
  if (layer.match(path) === false) return false;
  return !fixed.has(asFixed(path)) || fixed.has(asFixed(String(layer.route?.path)));
}

/** As Express compares: without regard to case and a slash at the end. */
const asFixed = (path: string) => path.toLowerCase().replace(/(?<=.)\/$/, '');

const pathsIn = (stack: readonly Layer[]): readonly string[] =>
  stack.flatMap(({ route, handle }) =>
    route === undefined ? pathsIn(handle.stack ?? []) : asFixed(String(route.path)),
  );

function methodsAt(stack: readonly Layer[], path: string, fixed: FixedPaths): readonly string[] {
  const methods = routesAt(stack, path, fixed).map((method) => method.toUpperCase());
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)))];
}

function routesAt(stack: readonly Layer[], path: string, fixed: FixedPaths): readonly string[] {
  return stack.flatMap((layer) => {
    const inner = layer.handle.stack;
    if (layer.route !== undefined) return takes(layer, path, fixed) ? Object.keys(layer.route.methods) : [];
    const match = inner === undefined ? false : layer.match(path);
    if (match === false) return [];
    return routesAt(inner ?? [], path.slice(match.path.length) || '/', fixed);
  });
}
