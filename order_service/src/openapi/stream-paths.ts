import { type Parameter, type Paths, ref, withToken } from '@shop/service-kit';
import { lastEventIdSchema } from '../schemas/requests.ts';
import { orderNumber } from './order-paths.ts';
import { refusals } from './problems.ts';

const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description:
    'The `id` of the last entry at hand: the stream begins with what came after it. Without it: with all.',
  schema: lastEventIdSchema,
};

/** OpenAPI 3.1 has no words for events: this is what the `data` of each of them is. */
const eventStream = {
  type: 'string',
  contentMediaType: 'text/event-stream',
  contentSchema: { anyOf: [ref('HistoryEntry'), ref('StreamEnd')] },
};

const example = [
  'retry: 2000',
  '',
  'id: 1042',
  'event: status',
  'data: {"id":1042,"status":"processing","cause":"stock-reserved","at":"2026-11-22T10:15:00.480Z"}',
  '',
  ': still here',
  '',
  'event: end',
  'data: {"reason":"token-expired"}',
  '',
  '',
].join('\n');

export const streamPaths: Paths = {
  '/orders/{orderNumber}/events': {
    get: {
      operationId: 'followOrder',
      tags: ['Orders'],
      summary: 'Follow an order live',
      description:
        'Server-sent events (HTML Living Standard, section 9.2) of what happens to an order, for its customer and ' +
        'for administrators. Each `status` event carries an entry of the history as its `data` (schema ' +
        '`HistoryEntry`) and its `id`. A line `: still here` comes every 15 seconds. The last event is `end` ' +
        '(schema `StreamEnd`): after the order was cancelled, when the token expires, or when the instance stops. A ' +
        'completed order stays open, as it can still be cancelled.\n\n' +
        'Read it with `fetch` and its `body` stream: `EventSource` cannot send the `Authorization` header, and the ' +
        'token is not taken from the URL. After `end`, or when the connection breaks, come back with `Last-Event-ID` ' +
        'to miss nothing; any instance can go on. No entry comes twice to who does so.',
      security: withToken,
      parameters: [orderNumber, lastEventId],
      responses: {
        200: {
          description: 'The stream; it begins at once, and stays open.',
          content: { 'text/event-stream': { schema: eventStream, example } },
        },
        ...refusals('validation-failed', 'order-not-found', 'own-streams-exhausted', 'streams-exhausted'),
      },
    },
  },
};
