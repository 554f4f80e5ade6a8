import {
  describeService,
  jsonBody,
  problemReply,
  problems,
  type Responses,
  reply,
  withToken,
} from '@shop/service-kit';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';

const describeThing = (title: string) =>
  describeService({
    title,
    description: 'For a test.',
    tags: [],
    schemas: {},
    paths: {
      '/things': {
        post: {
          operationId: 'addThing',
          summary: 'Adds a thing.',
          tags: [],
          security: withToken,
          requestBody: jsonBody({ type: 'object' }),
          responses: {
            201: reply('It is there.', { type: 'object' }, ['Location', 'X-Odd']),
            ...problems({ 401: ['thing-forbidden'], 503: ['things-away', 'things-slow'] }),
          },
        },
      },
    },
  });
const document = describeThing('things_service');
const { app } = createTestApp(undefined, { document });

describe('the document', () => {
  const responses: Responses = document.paths['/things']?.post?.responses ?? {};

  it('has the problems that every operation has, unless the service says more of them', () => {
    expect(Object.keys(responses)).toEqual(['201', '400', '401', '413', '415', '500', '503']);
    expect(responses[400]?.description).toBe('`malformed-json`, `validation-failed`');
    expect(responses[401]?.description).toBe('`thing-forbidden`');
    expect(responses[503]?.description).toBe('`things-away`, `things-slow`');
  });

  it('has the headers that come with a reply', () => {
    expect(responses[201]?.headers).toEqual({
      Location: { description: expect.any(String), schema: { type: 'string' } },
      'X-Odd': { schema: { type: 'string' } },
    });
    expect(responses[401]?.headers).toHaveProperty('WWW-Authenticate');
    expect(responses[503]?.headers).toHaveProperty('Retry-After');
  });

  it('is served, and may be kept for a minute', async () => {
    const { body, headers } = await request(app).get('/openapi.json');
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
    expect(headers['cache-control']).toBe('public, max-age=60');
  });
});

describe('the reply for the problems of one status', () => {
  const codes = { 'thing-sold': 'show another.', 'thing-kept': 'ask again tomorrow.' };
  const told = (status: number, more: object = {}) =>
    problemReply({ status, title: 'No thing', codes, ...more })[status];

  it('allows these codes and no other, and explains every one', () => {
    expect(told(409)?.description).toBe(
      'No thing.\n\n- `thing-sold`: show another.\n- `thing-kept`: ask again tomorrow.',
    );
    expect(told(409)?.content?.['application/problem+json']?.schema).toEqual({
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { properties: { code: { enum: ['thing-sold', 'thing-kept'] } } },
      ],
    });
  });

  it('shows the first one whole, with the members that it has', () => {
    const reply = told(409, { members: { left: 0, instance: '/things' } });
    expect(reply?.content?.['application/problem+json']?.examples).toEqual({
      'thing-sold': {
        value: {
          type: 'urn:shop:problem:thing-sold',
          title: 'Thing sold',
          status: 409,
          detail: 'No thing',
          instance: '/things',
          code: 'thing-sold',
          requestId: expect.any(String),
          left: 0,
        },
      },
    });
  });

  it.each([
    [401, ['WWW-Authenticate']],
    [404, []],
    [429, ['Retry-After']],
    [503, ['Retry-After']],
  ])('describes the headers of a %d', (status, names) => {
    expect(Object.keys(told(status)?.headers ?? {})).toEqual(names);
  });

  it('describes headers in its own words, besides and instead of those', () => {
    const headers = { 'Retry-After': 'Tomorrow.', 'X-Thing': 'Which.' };
    for (const status of [409, 503]) {
      expect(told(status, { headers })?.headers).toEqual({
        'Retry-After': { description: 'Tomorrow.', schema: { type: 'string' } },
        'X-Thing': { description: 'Which.', schema: { type: 'string' } },
      });
    }
  });
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

  it('is the only one', async () => {
    const reply = await request(app).get('/docs/index.html');
    expect([reply.status, reply.headers['location']]).toEqual([302, '../docs/']);
    expect((await request(app).post('/docs')).status).toBe(405);
  });
});
