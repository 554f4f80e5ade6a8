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

it('writes the codes of an error, but not the requests that libraries hang on it', () => {
  const { logger, lines, text } = recordLog();
  const meta = { statusCode: 400, params: { body: hidden.repeat(1_000) } };
  const error = Object.assign(new Error('mapper_parsing_exception'), {
    code: 'E_PARSE',
    statusCode: 400,
    meta,
  });
  logger.error({ err: error }, 'x');
  expect(lines).toMatchObject([{ err: { code: 'E_PARSE', statusCode: 400 } }]);
  expect(text()).not.toContain(hidden);
});

it('writes what several errors say, and of a long text its beginning', () => {
  const { logger, lines, text } = recordLog();
  logger.error({ err: new AggregateError([new TypeError('one'), new Error('two')], 'both') }, 'x');
  logger.error({ err: new Error('y'.repeat(100_000)) }, 'x');
  expect(lines[0]).toMatchObject({ err: { message: 'both', several: ['TypeError: one', 'Error: two'] } });
  expect(text().length).toBeLessThan(20_000);
});
