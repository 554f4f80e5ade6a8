import { describeService, type OpenApiDocument } from '@shop/service-kit';
import { adminPaths } from './openapi/admin-paths.ts';
import { readPaths } from './openapi/read-paths.ts';
import { schemas } from './openapi/schemas.ts';

const description = `
Products, their stock, and search. Reading is for everybody; changing needs an administrator's token
(\`Authorization: Bearer <token>\`, from \`POST /login\` of the user service).

**Money** is a whole number of the minor units of a lower-case ISO 4217 \`currency\`, as Stripe has it:
\`{"price": 1400, "currency": "usd"}\` is $14.00. To show it, format \`price / 10^digits\` with the digits of the currency
(\`Intl.NumberFormat\` knows them); never calculate with fractions.

**A catalogue page** is one \`GET /products\`: the products, the total, and the \`facets\` for its filters. Send the chosen
filters back with each request; the counts tell what every further choice would give. For "load more" send
\`nextCursor\` back as \`cursor\`; for numbered pages use \`offset\`. While somebody types, ask \`GET /products/suggest\`.

**Freshness.** Lists are up to five seconds old, suggestions a minute; a single product is always as it is now. Whether
all of it can still be had is decided when an order is placed.

**Problems** are \`application/problem+json\` (RFC 9457): branch on \`code\`, show \`detail\`, give \`requestId\` to whoever
searches the logs. An id that cannot be one (\`/products/abc\`) is 400; one that no product has is 404, also once the
product was deleted.
`.trim();

/** What this service promises to whoever calls it: served at `/openapi.json`, shown at `/docs`. */
export const document: OpenApiDocument = describeService({
  title: 'catalog_service',
  description,
  tags: [
    { name: 'Products', description: 'For everybody.' },
    { name: 'Administration', description: 'For administrators.' },
  ],
  paths: mergePaths(readPaths, adminPaths),
  schemas,
});

/** Both sides have operations at the same paths. */
function mergePaths(...all: readonly OpenApiDocument['paths'][]): OpenApiDocument['paths'] {
  const merged: Record<string, object> = {};
  for (const [path, item] of all.flatMap((paths) => Object.entries(paths)))
    merged[path] = { ...merged[path], ...item };
  return merged;
}
