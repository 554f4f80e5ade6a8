import { withTrace } from '@shop/service-kit';
import { recordLog } from './support/log-lines.ts';

it('writes JSON lines with the time, the service and the request at hand', () => {
  const { logger, lines } = recordLog();
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  withTrace({ requestId: 'r-1', traceparent }, () => logger.info({ order: 'x' }, 'said'));
  logger.info('said outside');
  expect(lines).toMatchObject([
    { name: 'test', msg: 'said', order: 'x', requestId: 'r-1', traceId: 'a'.repeat(32) },
    { msg: 'said outside', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
  ]);
  expect(lines[1]).not.toHaveProperty('requestId');
});

const hidden = 'hidden-value';

it.each([
  'password',
  'passwordHash',
  'token',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
])('never writes the value of %s, at three depths', (name) => {
  const { logger, lines, text } = recordLog();
  logger.info(
    { [name]: hidden, body: { [name]: hidden }, req: { headers: { [name]: [hidden] }, id: 3 } },
    'x',
  );
  expect(text()).not.toContain(hidden);
  expect(lines).toMatchObject([{ body: { [name]: '[Redacted]' }, req: { id: 3 } }]);
});

it('never writes them from lists and errors either', () => {
  const { logger, text } = recordLog();
  const error = Object.assign(new Error('refused'), { password: hidden, config: { token: hidden } });
  logger.error({ err: error, users: [{ password: hidden }] }, 'x');
  expect(text()).toContain('refused');
  expect(text()).not.toContain(hidden);
});

it('writes an error with its stack and its cause', () => {
  const { logger, lines } = recordLog();
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'x');
  expect(JSON.stringify(lines[0])).toMatch(/outer.*logger\.unit\.test.*inner/);
});
