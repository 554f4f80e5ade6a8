import { leaveInFlight } from '@shop/service-kit';
import type { Response } from 'express';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';
import { waitFor } from './support/wait-for.ts';

const open: Response[] = [];
const { app } = createTestApp(
  (router) => {
    router.get('/slow', (_req, res) => void open.push(res));
    router.get('/stream', (_req, res) => {
      leaveInFlight(res);
      open.push(res);
    });
    router.get('/quick', (_req, res) => void res.json({}));
  },
  { maxInFlight: 2 },
);

it('refuses requests beyond its limit until others are answered, but no health check and for no stream', async () => {
  const server = app.listen(0);
  const begun = ['/slow', '/stream', '/slow'].map((path) =>
    request(server)
      .get(path)
      .then((reply) => reply.status),
  );
  await waitFor(() => open.length === 3);

  const refused = await request(server).get('/quick');
  expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
    503,
    'overloaded',
    '1',
  ]);
  for (const path of ['/healthz', '/readyz']) await request(server).get(path).expect(200);

  for (const res of open) res.json({});
  expect(await Promise.all(begun)).toEqual([200, 200, 200]);
  await request(server).get('/quick').expect(200);
  await request(server).get('/quick').expect(200);
  await request(server).get('/quick').expect(200);
  await new Promise((resolve) => server.close(resolve));
});
