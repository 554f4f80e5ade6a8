import { describeService, type OpenApiDocument, ref } from '@shop/service-kit';
import { accountPaths } from './openapi/account-paths.ts';
import { schemas } from './openapi/schemas.ts';

const description = `
Accounts, log-ins, and the keys that access tokens are verified with.

**The way of a customer.** \`POST /register\` once, \`POST /login\` for an access token, then send it as
\`Authorization: Bearer <token>\` to every service. It is valid for 15 minutes; 401 \`token-expired\` says when it is
time to log in again.

**Where.** A browser asks the gateway, \`http://localhost:3000/api/login\` and so on: browsers refuse this service's
own port, 6000. The same three routes are at \`/\` and at \`/auth\`.

**Problems** are \`application/problem+json\` (RFC 9457): branch on \`code\`, show \`detail\`, and give \`requestId\` to
whoever searches the logs.
`.trim();

const described = describeService({
  title: 'user_service',
  description,
  tags: [
    { name: 'Accounts', description: 'Registering and logging in.' },
    { name: 'Accounts at /auth', description: 'The same three routes, for who expects them there.' },
    { name: 'Keys', description: 'What tokens are verified with.' },
  ],
  schemas,
  paths: {
    ...accountPaths(''),
    ...accountPaths('/auth'),
    '/.well-known/jwks.json': {
      get: {
        operationId: 'getKeys',
        summary: 'The public keys.',
        description:
          'With these every service verifies tokens by itself. A new key is here five minutes before it signs, and ' +
          'for as long after as tokens live: keep the set for `max-age`, and fetch it again for an unknown `kid`.',
        tags: ['Keys'],
        responses: {
          200: {
            description: 'The key set.',
            headers: {
              'Cache-Control': {
                description: 'Five minutes.',
                schema: { type: 'string', const: 'public, max-age=300' },
              },
            },
            content: { 'application/json': { schema: ref('KeySet') } },
          },
        },
      },
    },
  },
});

const servers = [
  { url: '/', description: 'This service.' },
  { url: 'http://localhost:3000/api', description: 'The gateway of `pnpm start`, which a browser asks.' },
];

/** What this service promises to whoever calls it: served at `/openapi.json`, shown at `/docs`. */
export const document: OpenApiDocument = { ...described, servers };
