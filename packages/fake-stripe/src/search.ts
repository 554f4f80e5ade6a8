import { invalidParameter } from './errors.ts';
import { requiredText } from './params.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

const metadataTerm = /^metadata\['([^'\\]+)'\]:'([^'\\]*)'$/;

/** What Stripe returns unless a `limit` is given. */
const pageSize = 10;

/**
 * GET /v1/payment_intents/search, the newest ten. Of Stripe's query language it reads one term,
 * `metadata['key']:'value'`. It finds a new payment at once; Stripe itself may take a minute.
 */
export function searchPaymentIntents({ params, state }: ApiRequest): Reply {
  const [, key = '', value] = metadataTerm.exec(requiredText(params, 'query')) ?? [];
  if (value === undefined) throw invalidParameter('query', 'Only one metadata term can be searched here.');
  const intents = [...state.payment_intents.values()].reverse();
  const found = intents.filter(({ metadata }) => metadata[key] === value);
  return ok({
    object: 'search_result',
    data: found.slice(0, pageSize),
    has_more: found.length > pageSize,
    next_page: null,
    url: '/v1/payment_intents/search',
  });
}
