# syntax=docker/dockerfile:1
# All images of the shop. SERVICE is the folder of a service, packages/storefront, packages/fake-mail, packages/fake-stripe,
# packages/kafka-access or packages/doctor:
#   docker build --build-arg SERVICE=order_service .
# Stages without SERVICE come first: all images share what is built there.
FROM node:24.21.0-slim AS workspace
RUN npm install --global pnpm@12.4.2
WORKDIR /shop
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
COPY packages/money/package.json packages/money/
COPY packages/contracts/package.json packages/contracts/
COPY packages/service-kit/package.json packages/service-kit/
COPY packages/messaging/package.json packages/messaging/
COPY packages/openapi-types/package.json packages/openapi-types/
COPY packages/doctor/package.json packages/doctor/
COPY packages/kafka-access/package.json packages/kafka-access/
COPY packages/fake-mail/package.json packages/fake-mail/
COPY packages/fake-stripe/package.json packages/fake-stripe/
COPY packages/postgres-server/package.json packages/postgres-server/
COPY packages/client/package.json packages/client/
COPY packages/storefront/package.json packages/storefront/
COPY user_service/package.json user_service/
COPY catalog_service/package.json catalog_service/
COPY order_service/package.json order_service/
COPY payment_service/package.json payment_service/

FROM workspace AS tools
RUN npm install --global "typescript@$(node -p "require('./package.json').devDependencies.typescript")"
RUN --mount=type=cache,id=shop-pnpm,target=/pnpm \
    pnpm install --frozen-lockfile --store-dir=/pnpm --no-optional --filter-prod='*_service...' \
      --filter-prod='@shop/storefront...' --filter-prod='@shop/fake-mail...' --filter-prod='@shop/fake-stripe...' \
      --filter-prod='@shop/doctor...' --filter-prod='@shop/kafka-access...' --filter-prod=@shop/client --filter-prod=@shop/openapi-types
COPY --chmod=755 <<'EOF' /usr/local/bin/compile
#!/bin/sh -e
node packages/openapi-types/generate.mjs
if [ -f "$SERVICE/prisma/generate.mjs" ]; then node "$SERVICE/prisma/generate.mjs"; fi
tsc --build "$SERVICE"
EOF
COPY tsconfig.base.json ./
COPY packages/money packages/money
COPY packages/contracts packages/contracts
COPY packages/service-kit packages/service-kit
COPY packages/messaging packages/messaging
COPY packages/openapi-types packages/openapi-types

# The pages of the demo shop, by a Vite with its own programs: those are optional dependencies, which no package has here.
FROM tools AS demo-shop
RUN npm install --global "vite@$(node -p "require('./packages/storefront/package.json').devDependencies.vite")"
ENV VITE_MODULE=/usr/local/lib/node_modules/vite/dist/node/index.js
COPY user_service/openapi.yaml user_service/
COPY catalog_service/openapi.yaml catalog_service/
COPY order_service/openapi.yaml order_service/
COPY payment_service/openapi.yaml payment_service/
COPY packages/client packages/client
COPY packages/storefront packages/storefront
RUN node packages/openapi-types/generate.mjs && node packages/storefront/shop/build.mjs

FROM tools AS build
ARG SERVICE
COPY ${SERVICE} ${SERVICE}
RUN compile \
 && mkdir /built \
 && find packages "$SERVICE" -name node_modules -prune -o -type d \( -name dist -o -name migrations \) -print \
    | sort --unique | xargs cp -r --parents --target-directory=/built

# For `docker compose --profile dev`: takes the sources that are mounted at /saved, each time it starts.
FROM build AS dev
COPY --chmod=755 <<'EOF' /usr/local/bin/dev
#!/bin/sh
rm -rf packages/*/src "$SERVICE/src"
(cd /saved && find packages/contracts/openapi packages/*/src "$SERVICE"/src "$SERVICE"/openapi.yaml "$SERVICE"/prisma \
  -maxdepth 0 2>/dev/null | sort --unique | xargs cp -r --parents --preserve=timestamps --target-directory=/shop)
compile
exec node "$SERVICE/dist/main.js"
EOF
RUN chown -R node:node packages "$SERVICE"
ENV HOST=0.0.0.0 SERVICE=${SERVICE}
USER 1000:1000
CMD ["dev"]

# The demo shop is that of the build: it is not built again when it starts.
FROM dev AS storefront-dev
COPY --from=demo-shop /shop/packages/storefront/dist/shop /shop/packages/storefront/dist/shop

# Without optional dependencies: those are command line tools that Prisma's client names as peers, and what other
# services chose for peers of the same packages.
FROM workspace AS production
# Waits for `tools`, which has verified the lock file and put all packages into the cache.
COPY --from=tools /shop/pnpm-lock.yaml ./
ARG SERVICE
RUN --mount=type=cache,id=shop-pnpm,target=/pnpm \
    pnpm install --frozen-lockfile --trust-lockfile --prefer-offline --store-dir=/pnpm \
      --prod --no-optional --filter-prod="{$SERVICE}..." \
 # Prisma's client brings ten engines for other databases and runtimes; this is the only one that we load.
 && find . -path '*/@prisma/client/runtime/*' -type f \
      ! -name 'client.*' ! -name 'query_compiler_bg.postgresql.*' -delete

# The bootstrap of docker-compose.yml. Node runs its few TypeScript files as they are: there is nothing to compile.
FROM workspace AS bootstrap-files
RUN --mount=type=cache,id=shop-pnpm,target=/pnpm \
    pnpm install --frozen-lockfile --store-dir=/pnpm --prod --no-optional --filter-prod='@shop/postgres-server'
COPY packages/postgres-server/src packages/postgres-server/src
COPY packages/local-stack/package.json packages/local-stack/
COPY packages/local-stack/src/secrets.ts packages/local-stack/src/shop-database.ts \
  packages/local-stack/src/delivery-methods.ts packages/local-stack/src/demo-setting.ts packages/local-stack/src/
COPY packages/local-stack/src/bootstrap packages/local-stack/src/bootstrap
COPY packages/local-stack/src/signing-keys packages/local-stack/src/signing-keys
# Of all that the local stack depends on, this alone is needed here.
WORKDIR /shop/packages/local-stack/node_modules/@shop
RUN ln -s ../../../postgres-server postgres-server

FROM node:24.21.0-slim AS bootstrap
ENV NODE_ENV=production
COPY --from=bootstrap-files /shop /shop
WORKDIR /shop/packages/local-stack
USER 1000:1000
ENTRYPOINT ["node", "--conditions=source", "src/bootstrap/main.ts"]
CMD ["secrets"]

FROM node:24.21.0-slim AS service
COPY <<'EOF' /usr/local/bin/healthcheck.mjs
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
const { port } = JSON.parse(readFileSync('package.json', 'utf8')).config;
const url = { host: '127.0.0.1', port: process.env.PORT || port, path: '/readyz', timeout: 3000 };
get(url, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
EOF
# For what a service keeps itself: only the offline Stripe does.
RUN install -d -o node -g node /data
ARG SERVICE
ENV NODE_ENV=production HOST=0.0.0.0 SHUTDOWN_PAUSE_MS=5000
COPY --from=production /shop /shop
COPY --from=build /built /shop
WORKDIR /shop/${SERVICE}
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s CMD ["node", "/usr/local/bin/healthcheck.mjs"]
CMD ["node", "dist/main.js"]

# What has the demo shop, too: `--target storefront` with SERVICE=packages/storefront.
FROM service AS storefront
COPY --from=demo-shop /shop/packages/storefront/dist/shop /shop/packages/storefront/dist/shop
# Keeps the memory low that requests without end may take: README.md of the storefront.
CMD ["node", "--max-semi-space-size=8", "dist/main.js"]

FROM service
