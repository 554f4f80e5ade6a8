import { json, Router } from 'express';
import type { FaultControl } from './faults.ts';
import { readFaultChange } from './faults.ts';

/**
 * `/_faults` for other processes: GET shows, POST changes, DELETE takes all back, POST /release
 * sends held webhooks. JSON only, which keeps web pages of other origins out.
 */
export function faultRoutes(control: FaultControl): Router {
  const router = Router();
  router.use(json());
  router.get('/', (_req, res) => {
    res.json(control.get());
  });
  router.post('/', (req, res) => {
    try {
      control.set(readFaultChange(req.body));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      res.status(400).json({ error: { type: 'invalid_request_error', message: error.message } });
      return;
    }
    res.json(control.get());
  });
  router.delete('/', (_req, res) => {
    control.reset();
    res.json(control.get());
  });
  router.post('/release', async (_req, res) => {
    await control.releaseWebhooks();
    res.json(control.get());
  });
  return router;
}
