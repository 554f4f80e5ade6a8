import { createServer } from 'node:net';
import { variableOf } from '@shop/service-kit';
import type { Ports } from './settings.ts';

export class PortsTakenError extends Error {
  constructor(taken: readonly (readonly [name: string, port: number])[]) {
    const lines = taken.map(([name, port]) => `  - port ${port}: set ${variableOf(name)} to another`);
    const others = taken.map(([name, port]) => `${variableOf(name)}=${port + 10_000}`);
    super(
      `These ports are taken. Is the shop running already, in another terminal?\n${lines.join('\n')}\n` +
        `Stop what listens there (find it: lsof -i :${taken[0]?.[1]}), or choose others, e.g.\n` +
        `  ${others.join(' ')} npx pnpm start`,
    );
    this.name = 'PortsTakenError';
  }
}

/** @throws PortsTakenError naming every port that something listens on */
export async function requireFreePorts(host: string, ports: Partial<Ports>): Promise<void> {
  const all = Object.entries(ports);
  const free = await Promise.all(all.map(([, port]) => isFree(host, port)));
  const taken = all.filter((_, index) => !free[index]);
  if (taken.length > 0) throw new PortsTakenError(taken);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
