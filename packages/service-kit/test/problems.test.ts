import { defineProblems, requestProblems } from '@shop/service-kit';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';

const { problem, problems } = defineProblems({
  ...requestProblems,
  'cart-full': { status: 409, detail: 'The cart is full. Remove a line first.' },
  'warehouse-unavailable': {
    status: 503,
    detail: 'The warehouse does not answer. Try again in a moment.',
    retryAfter: 3,
  },
});

const replyTo = (error: Error) => {
  const { app } = createTestApp((router) =>
    router.get('/carts', () => {
      throw error;
    }),
  );
  return request(app).get('/carts?page=2').set('X-Request-Id', 'request-1');
};

it('answers a problem with the status and the texts of its catalogue', async () => {
  const reply = await replyTo(problem('cart-full'));
  expect([reply.status, reply.type]).toEqual([409, 'application/problem+json']);
  expect(reply.headers['retry-after']).toBeUndefined();
  expect(reply.body).toEqual({
    type: 'urn:shop:problem:cart-full',
    title: 'Cart full',
    status: 409,
    detail: 'The cart is full. Remove a line first.',
    instance: '/carts',
    code: 'cart-full',
    requestId: 'request-1',
  });
});

it('takes a detail and further members from the thrower, but not its cause', async () => {
  const cause = new Error('SELECT secret');
  const reply = await replyTo(problem('cart-full', { detail: 'It has 50 lines.', lines: 50, cause }));
  expect(reply.body).toMatchObject({ title: 'Cart full', detail: 'It has 50 lines.', lines: 50 });
  expect(reply.text).not.toMatch(/secret|cause/);
});

it('sends the Retry-After of the catalogue, unless the thrower knows better', async () => {
  expect((await replyTo(problem('warehouse-unavailable'))).headers['retry-after']).toBe('3');
  const busy = await replyTo(problem('warehouse-unavailable', { retryAfter: 40 }));
  expect(busy.headers['retry-after']).toBe('40');
  expect(busy.body).not.toHaveProperty('retryAfter');
});

it('names every field that is wrong, in the detail too', async () => {
  const errors = [
    { field: 'items.0.qty', message: 'must be at least 1, not 0' },
    { field: 'email', message: 'is missing' },
  ];
  const { body } = await replyTo(problem('validation-failed', { errors }));
  const detail = 'items.0.qty must be at least 1, not 0; email is missing';
  expect(body).toMatchObject({ status: 400, detail, errors });
});

it('says 1,000 characters at most, and lists all the same', async () => {
  const errors = Array.from({ length: 500 }, (_, index) => ({ field: `k${index}`, message: 'is not known' }));
  const { body } = await replyTo(problem('validation-failed', { errors }));
  expect(body.detail).toMatch(/^k0 is not known; k1 is .*…$/);
  expect(body.detail).toHaveLength(1_001);
  expect(body.errors).toHaveLength(500);
});

it('keeps all codes of a service in one catalogue', () => {
  expect(Object.keys(problems)).toEqual([
    ...Object.keys(requestProblems),
    'cart-full',
    'warehouse-unavailable',
  ]);
});
