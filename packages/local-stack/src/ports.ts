import { createServer } from 'node:net';
import type { Ports } from './settings.ts';

const names: Readonly<Record<keyof Ports, { readonly what: string; readonly setting: string }>> = {
  storefront: { what: 'the storefront', setting: 'STOREFRONT_PORT' },
  user: { what: 'user_service', setting: 'USER_SERVICE_PORT' },
  catalog: { what: 'catalog_service', setting: 'CATALOG_SERVICE_PORT' },
  order: { what: 'order_service', setting: 'ORDER_SERVICE_PORT' },
  payment: { what: 'payment_service', setting: 'PAYMENT_SERVICE_PORT' },
  stripe: { what: 'fake-stripe', setting: 'FAKE_STRIPE_PORT' },
  postgres: { what: 'PostgreSQL', setting: 'POSTGRES_PORT' },
};

export class PortsTakenError extends Error {
  constructor(taken: readonly (keyof Ports)[], ports: Ports) {
    const lines = taken.map((name) => {
      const { what, setting } = names[name];
      return `  - port ${ports[name]}, wanted for ${what}: set ${setting} to another`;
    });
    super(
      `These ports are taken. Is the shop running already, in another terminal?\n${lines.join('\n')}\n` +
        `Stop what listens there (find it: lsof -i :${ports[taken[0] ?? 'storefront']}), or choose others, e.g.\n` +
        `  ${taken.map((name) => `${names[name].setting}=${ports[name] + 10_000}`).join(' ')} npx pnpm start`,
    );
    this.name = 'PortsTakenError';
  }
}

/** @throws PortsTakenError naming every port of these that somebody listens on */
export async function requireFreePorts(
  host: string,
  ports: Ports,
  which: readonly (keyof Ports)[],
): Promise<void> {
  const free = await Promise.all(which.map((name) => isFree(host, ports[name])));
  const taken = which.filter((_, index) => !free[index]);
  if (taken.length > 0) throw new PortsTakenError(taken, ports);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
