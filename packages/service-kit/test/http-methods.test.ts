import { Router } from 'express';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';

const { app, log } = createTestApp(
  (router) => {
    router.use('/guarded', (_req, res) => void res.status(401).json({}));
    router.get('/guarded', (_req, res) => void res.end());
    router.get('/things/:id', (req, res) => void res.set('ETag', '"7"').json({ id: req.params['id'] }));
    router.patch('/things/:id', (_req, res) => void res.json({}));
    router.get('/things/special', (_req, res) => void res.json({}));
    router.use(
      '/nested',
      Router()
        .post('/', (_req, res) => void res.end())
        .delete('/deep/:id', (_req, res) => void res.end()),
    );
    router.all('/anything', (_req, res) => void res.json({}));
  },
  { rawRoutes: [Router().post('/raw', (_req, res) => void res.end())] },
);

describe('a method that a path does not have', () => {
  it.each([
    ['delete', '/things/1', 'GET, HEAD, PATCH, OPTIONS'],
    // Not a thing with the id `special`.
    ['patch', '/things/special', 'GET, HEAD, OPTIONS'],
    ['post', '/Things/special/', 'GET, HEAD, OPTIONS'],
    ['put', '/things/1/', 'GET, HEAD, PATCH, OPTIONS'],
    ['get', '/raw', 'POST, OPTIONS'],
    ['get', '/nested', 'POST, OPTIONS'],
    ['head', '/nested', 'POST, OPTIONS'],
    ['post', '/nested/deep/7?x=1', 'DELETE, OPTIONS'],
    ['post', '/healthz', 'GET, HEAD, OPTIONS'],
    // Before it is asked who calls.
    ['put', '/guarded', 'GET, HEAD, OPTIONS'],
  ] as const)('is 405: %s %s', async (method, path, allow) => {
    const reply = await request(app)[method](path);
    expect([reply.status, reply.headers['allow']]).toEqual([405, allow]);
    expect(reply.headers['cache-control']).toBe('no-store');
    if (method !== 'head') {
      expect(reply.type).toBe('application/problem+json');
      expect(reply.body).toMatchObject({ code: 'method-not-allowed', instance: path.split('?')[0] });
    }
  });

  it('is 405 whatever body comes with it', async () => {
    const reply = await request(app).put('/things/1').set('Content-Type', 'application/xml').send('<a/>');
    expect(reply.status).toBe(405);
    expect(log.lines.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it.each([
    ['/nowhere', 404],
    ['/things', 404],
    ['/things/1/2', 404],
    ['/things/%E0%A4%A', 400],
    ['/anything', 200],
  ])('does not change what %s answers', async (path, status) => {
    const reply = await request(app).delete(path);
    expect([reply.status, reply.headers['allow']]).toEqual([status, undefined]);
  });
});

describe('OPTIONS', () => {
  it('says which methods there are', async () => {
    const reply = await request(app).options('/things/1');
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.headers['allow']).toBe('GET, HEAD, PATCH, OPTIONS');
  });

  it('says nothing of a path that is not there', async () => {
    const reply = await request(app).options('/nowhere');
    expect([reply.status, reply.headers['allow']]).toEqual([204, undefined]);
  });
});

it('answers HEAD as GET, without the body', async () => {
  for (const path of ['/things/1', '/healthz', '/readyz', '/guarded']) {
    const [head, get] = [await request(app).head(path), await request(app).get(path)];
    expect(head.text ?? '').toBe('');
    expect(head.status).toBe(get.status);
    const but = { date: '', 'x-request-id': '' };
    expect({ ...head.headers, ...but }).toEqual({ ...get.headers, ...but });
  }
});

it('lets pages of allowed origins read a 405', async () => {
  const shop = createTestApp((router) => router.get('/', (_req, res) => void res.json({})), {
    corsOrigins: ['https://shop.test'],
  });
  const reply = await request(shop.app).delete('/').set('Origin', 'https://shop.test');
  expect(reply.status).toBe(405);
  expect(reply.headers['access-control-allow-origin']).toBe('https://shop.test');
});
