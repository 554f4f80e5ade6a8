import { performance } from 'node:perf_hooks';

const startedAt = performance.now();

/** What `pnpm test:faults` was told. */
export const run = {
  seed: Number(process.env['FAULTS_SEED'] ?? 1),
  /** How long things break on each bus, and how long lives of orders are compared with their model. */
  ms: {
    'in-process': Number(process.env['FAULTS_IN_PROCESS_MS'] ?? 240_000),
    Kafka: Number(process.env['FAULTS_KAFKA_MS'] ?? 240_000),
    model: Number(process.env['FAULTS_MODEL_MS'] ?? 20_000),
  },
};

/** A line for those who watch: jest says nothing until a file is over. */
export function say(text: string): void {
  const seconds = String(Math.round((performance.now() - startedAt) / 1_000)).padStart(5);
  process.stderr.write(`${seconds} s  ${text}\n`);
}

/** What a run has done, for its last words. */
export const createFigures = () => ({
  faults: 0,
  leftOut: 0,
  ordersTold: 0,
  repeatedRequests: 0,
  paid: 0,
  cancelled: 0,
  shipped: 0,
  refunded: 0,
  slowestRecoveryMs: 0,
});
export type Figures = ReturnType<typeof createFigures>;
