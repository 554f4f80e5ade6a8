import type { ContractDocument } from '@shop/service-kit';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';

const describeThing = (title: string): ContractDocument => ({
  openapi: '3.1.0',
  info: { title, version: '1.0.0' },
  paths: { '/things': { get: { responses: { 200: { description: 'All things.' } } } } },
  components: { schemas: {} },
});
const document = describeThing('things_service');
const { app } = createTestApp(undefined, { document });

it('serves the document, which may be kept for a minute', async () => {
  const { body, headers } = await request(app).get('/openapi.json');
  expect(body).toEqual(document);
  expect(headers['cache-control']).toBe('public, max-age=60');
});

describe('the page', () => {
  const fileOf = (page: string, kind: RegExp) => [...page.matchAll(kind)].map(([, file]) => String(file));

  it('is at /docs, and all that it needs is below it', async () => {
    const moved = await request(app).get('/docs');
    expect([moved.status, moved.headers['location']]).toEqual([301, '/docs/']);
    const page = await request(app).get('/docs/');
    expect(page.type).toBe('text/html');
    expect(page.text).toContain('<title>things_service</title>');
    const files = fileOf(page.text, /(?:src|href)="([^"]+)"/g);
    expect(files).toHaveLength(6);
    for (const file of files) {
      expect(file).toMatch(/^\.\/[\w.-]+$/);
      expect((await request(app).get(`/docs/${file.slice(2)}`)).status).toBe(200);
    }
  });

  it('works under its own security policy, also by plain HTTP in a network of one’s own', async () => {
    const { headers, text } = await request(app).get('/docs/');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(text).not.toMatch(/<script>|<script [^>]*>[^<\s]|\son\w+=/);
  });

  it('shows this service, whichever others share the process', async () => {
    createTestApp(undefined, { document: describeThing('other_service') });
    const { text } = await request(app).get('/docs/swagger-ui-init.js');
    expect(text).toContain('"url": "../openapi.json"');
    expect(text).toContain('"validatorUrl": null');
    expect(text).not.toContain('other_service');
  });

  it('refuses what Swagger UI would refuse itself by a problem', async () => {
    for (const path of ['/docs/package.json', '/docs/../package.json', '/docs/a/package.json'])
      expect((await request(app).get(path)).body).toMatchObject({ status: 404, code: 'route-not-found' });
  });

  it('is the only one', async () => {
    const reply = await request(app).get('/docs/index.html');
    expect([reply.status, reply.headers['location']]).toEqual([302, '../docs/']);
    expect((await request(app).post('/docs')).status).toBe(405);
  });
});
