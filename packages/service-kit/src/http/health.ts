import { TimeoutStrategy, timeout } from 'cockatiel';
import { Router } from 'express';

export interface HealthChecks {
  /** What only a new process cures: when one is false, `/healthz` is 503, by which a supervisor restarts it. */
  readonly alive?: Readonly<Record<string, () => boolean>>;
  /** What this service cannot work without (its own database): its failure makes `/readyz` 503. */
  readonly required: Readonly<Record<string, () => Promise<unknown>>>;
  /** What it can work without for a while: its failure is named in `degraded`, and the answer stays 200. */
  readonly optional?: Readonly<Record<string, () => Promise<unknown>>>;
  /** True from the moment that shutdown begins, so that no new traffic is sent here. */
  readonly draining: () => boolean;
}

/** A check that takes longer counts as failed: a probe must not hang on what it probes. */
const limit = timeout(2_000, TimeoutStrategy.Aggressive);

/** `GET /healthz` (the process can go on) and `GET /readyz` (it can do its work). */
export function healthRoutes(checks: HealthChecks): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    const failed = Object.entries(checks.alive ?? {}).flatMap(([name, isAlive]) => (isAlive() ? [] : name));
    if (failed.length === 0) return void res.json({ status: 'ok' });
    res.status(503).json({ status: 'stuck', failed });
  });
  router.get('/readyz', async (_req, res) => {
    const [failed, degraded] = await Promise.all([
      failures(checks.required),
      failures(checks.optional ?? {}),
    ]);
    const draining = checks.draining();
    const ready = failed.length === 0 && !draining;
    res.set('Cache-Control', 'no-store');
    res
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : draining ? 'draining' : 'unavailable', failed, degraded });
  });
  return router;
}

async function failures(checks: Readonly<Record<string, () => Promise<unknown>>>): Promise<string[]> {
  const names = Object.keys(checks);
  const results = await Promise.allSettled(Object.values(checks).map((check) => limit.execute(check)));
  return names.filter((_, index) => results[index]?.status === 'rejected');
}
