import { isFinal } from '../src/kafka/errors.ts';

const failure = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });

it.each([
  [
    'a group whose coordinator is not there',
    failure('KafkaJSGroupCoordinatorNotFound', { retriable: false }),
  ],
  ['a connection that was cut', failure('KafkaJSConnectionClosedError')],
  ['a refused connection', failure('Error', { code: 'ECONNREFUSED' })],
  ['a member that the group has forgotten', failure('KafkaJSProtocolError', { type: 'UNKNOWN_MEMBER_ID' })],
])('takes %s for something that passes', (_what, cause) => {
  expect(isFinal(cause)).toBe(false);
  expect(isFinal(failure('KafkaJSNumberOfRetriesExceeded', { retriable: false, cause }))).toBe(false);
});

it.each([
  ['a bug', new TypeError('x is not a function')],
  ['a compression that it cannot read', failure('KafkaJSNotImplemented')],
  ['a missing right', failure('KafkaJSProtocolError', { type: 'GROUP_AUTHORIZATION_FAILED' })],
])('takes %s for final', (_what, cause) => {
  expect(isFinal(cause)).toBe(true);
  expect(isFinal(failure('KafkaJSNonRetriableError', { cause }))).toBe(true);
});
