import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@shop/postgres-server';
import { waitFor } from '../wait-for.ts';
import { type KafkaBroker, startKafkaContainer } from './containers.ts';

/**
 * Starts a broker: by the program that TEST_KAFKA_COMMAND names, else in a container. The program is called with a
 * port and a data folder, and runs a broker in the foreground; it may use the port above that one, too.
 */
export async function startKafkaBroker(): Promise<KafkaBroker> {
  const program = process.env['TEST_KAFKA_COMMAND'];
  return program ? startKafkaProgram(program) : startKafkaContainer();
}

/** Whether this run has the means for it: servers that the environment names are not ours to kill. */
export const canStartKafkaBroker = () =>
  Boolean(process.env['TEST_KAFKA_COMMAND'] || process.env['TEST_CONTAINERS']);

async function startKafkaProgram(program: string): Promise<KafkaBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'shop-kafka-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async () => {
    const listens = async () => {
      // It ends at once while another program's connection has its port, which happens when it was away.
      if (child === undefined || hasEnded(child)) {
        child = spawn(program, [String(port), dataDir], { stdio: 'ignore' });
        await once(child, 'spawn');
      }
      return connectTo(port);
    };
    await waitFor(listens, { timeoutMs: 60_000, what: `${program} to listen on ${port}` });
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child === undefined || hasEnded(child)) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  await start();
  return {
    address: `127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    restart: start,
    pause: async () => void child?.kill('SIGSTOP'),
    resume: async () => void child?.kill('SIGCONT'),
    stop: async () => {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** @returns true, or rejects when nothing listens there. */
export async function connectTo(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
