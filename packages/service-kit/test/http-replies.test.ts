import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { defineProblems, requireUser, type TokenVerifier } from '@shop/service-kit';
import { Router } from 'express';
import request from 'supertest';
import { serve } from './support/local-server.ts';
import { createTestApp } from './support/test-app.ts';

const verifier: Pick<TokenVerifier, 'verify'> = {
  verify: async () => ({ id: 1, email: 'a@shop.test', role: 'customer', exp: 1 }),
};
const long = 'x'.repeat(2_000);

const { problem } = defineProblems({
  'thing-not-found': { status: 404, detail: long },
});

const { app } = createTestApp(
  (router) => {
    router.get('/short', (_req, res) => void res.json({ text: 'short' }));
    router.get('/long', (_req, res) => void res.json({ text: long }));
    router.get('/image', (_req, res) => void res.type('png').send(Buffer.alloc(2_000)));
    router.get(
      '/as-it-is',
      (_req, res) => void res.set('Cache-Control', 'no-transform').json({ text: long }),
    );
    router.get('/failing', (_req, res) => {
      res.set('Cache-Control', 'public, max-age=60');
      throw problem('thing-not-found');
    });
    router.get('/events', (_req, res) => {
      res.type('text/event-stream').write(`data: ${long}\n\n`);
    });
    router.use('/mine', requireUser(verifier));
    router.get('/mine', (_req, res) => void res.json({}));
    router.get('/mine/picture', (_req, res) => void res.set('Cache-Control', 'private, max-age=60').json({}));
  },
  { rawRoutes: [Router().get('/raw', (_req, res) => void res.json({ text: long }))] },
);

const ask = (path: string, encodings = 'gzip') => request(app).get(path).set('Accept-Encoding', encodings);

describe('compression', () => {
  it.each(['gzip', 'br', 'deflate'])('makes long replies shorter: %s', async (encoding) => {
    const reply = await ask('/long', encoding);
    expect(reply.headers['content-encoding']).toBe(encoding);
    expect(reply.headers['vary']).toMatch(/\bAccept-Encoding\b/);
    if (encoding === 'gzip') expect(reply.body).toEqual({ text: long });
  });

  it('prefers brotli, as browsers do', async () => {
    expect((await ask('/long', 'gzip, deflate, br')).headers['content-encoding']).toBe('br');
  });

  it.each([
    ['/short', 'gzip'],
    ['/long', 'identity'],
    ['/image', 'gzip'],
    ['/as-it-is', 'gzip'],
    ['/raw', 'gzip'],
  ])('leaves %s (%s) alone', async (path, encodings) => {
    const reply = await ask(path, encodings);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(Number(reply.headers['content-length'])).toBeGreaterThan(0);
  });

  it('says that it would, when it does not', async () => {
    for (const path of ['/long', '/short']) {
      expect((await ask(path, 'identity')).headers['vary']).toMatch(/\bAccept-Encoding\b/);
    }
  });

  it('takes problems too', async () => {
    const { headers, body } = await ask('/failing');
    expect(headers['content-encoding']).toBe('gzip');
    expect(body).toMatchObject({ code: 'thing-not-found' });
  });

  it('does not hold up events', async () => {
    const server = await serve(app);
    const [reply] = (await once(
      get(`${server.url}/events`, { headers: { 'accept-encoding': 'gzip, br' } }),
      'response',
    )) as [IncomingMessage];
    expect(reply.headers['content-encoding']).toBeUndefined();
    expect(String((await once(reply, 'data'))[0])).toBe(`data: ${long}\n\n`);
    reply.destroy();
    await server.close();
  });

  it('keeps the tag by which a reply is asked for again', async () => {
    const { headers } = await ask('/long');
    const again = await ask('/long').set('If-None-Match', String(headers['etag']));
    expect([again.status, again.text, again.headers['vary']]).toEqual([304, '', 'Accept-Encoding']);
  });
});

describe('Cache-Control', () => {
  it.each([
    ['/short', 200, 'no-cache'],
    ['/healthz', 200, 'no-cache'],
    ['/mine', 200, 'no-store'],
    ['/mine/picture', 200, 'private, max-age=60'],
    ['/failing', 404, 'no-store'],
    ['/nowhere', 404, 'no-store'],
  ])('of %s (%d) is %s', async (path, status, expected) => {
    const reply = await request(app).get(path).set('Authorization', 'Bearer abc');
    expect([reply.status, reply.headers['cache-control']]).toEqual([status, expected]);
  });
});

it('says that its JSON is UTF-8', async () => {
  expect((await ask('/short')).headers['content-type']).toBe('application/json; charset=utf-8');
  expect((await ask('/nowhere')).headers['content-type']).toBe('application/problem+json; charset=utf-8');
});
