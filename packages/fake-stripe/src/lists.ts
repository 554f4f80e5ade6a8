import { invalidParameter, notFound } from './errors.ts';
import type { PaymentIntent } from './objects.ts';
import { optionalText, type Params } from './params.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

/** GET /v1/payment_intents, newest first: those `created` since, a page of them. */
export function listPaymentIntents(request: ApiRequest): Reply {
  const { state, params } = request;
  const page = pageOf(request, [...state.payment_intents.values()], 'payment_intent');
  const [expand] = Array.isArray(params['expand']) ? params['expand'] : [];
  if (expand === undefined) return ok(page);
  if (expand !== 'data.latest_charge') {
    throw invalidParameter('expand', 'Only data.latest_charge can be expanded here.');
  }
  const withCharge = (intent: PaymentIntent) => ({
    ...intent,
    latest_charge: state.charges.get(intent.latest_charge ?? '') ?? null,
  });
  return ok({ ...page, data: page.data.map(withCharge) });
}

/** GET /v1/refunds, newest first: those of a `payment_intent`, or `created` since, a page of them. */
export function listRefunds(request: ApiRequest): Reply {
  return ok(pageOf(request, ofPayment(request, request.state.refunds), 'refund'));
}

/** GET /v1/charges, newest first: those of a `payment_intent`, or `created` since, a page of them. */
export function listCharges(request: ApiRequest): Reply {
  return ok(pageOf(request, ofPayment(request, request.state.charges), 'charge'));
}

/** GET /v1/events, newest first: those `created` from one time to another, a page of them. */
export function listEvents(request: ApiRequest): Reply {
  const { events, unsent_events } = request.state;
  const page = pageOf(request, [...events.values()], 'event');
  const data = page.data.map((event) => ({
    ...event,
    pending_webhooks: unsent_events.has(event.id) ? 1 : 0,
  }));
  return ok({ ...page, data });
}

function ofPayment<Row extends { readonly payment_intent: string }>(
  { params }: ApiRequest,
  rows: ReadonlyMap<string, Row>,
): Row[] {
  const intent = optionalText(params, 'payment_intent');
  return [...rows.values()].filter(({ payment_intent }) => intent === undefined || payment_intent === intent);
}

interface Listed {
  readonly id: string;
  readonly created: number;
}

/** @param rows oldest first */
function pageOf<Row extends Listed>({ path, params }: ApiRequest, rows: readonly Row[], what: string) {
  const limit = Number(optionalText(params, 'limit') ?? 10);
  if (!(limit >= 1 && limit <= 100)) throw invalidParameter('limit', 'Lists have 1 to 100 rows a page.');
  const { from, to } = createdWithin(params);
  const found = rows.filter(({ created }) => created >= from && created <= to).reverse();
  const after = optionalText(params, 'starting_after');
  const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) throw notFound(what, after, 'starting_after');
  const data = found.slice(start, start + limit);
  return { object: 'list', data, has_more: start + limit < found.length, url: path };
}

function createdWithin({ created = {} }: Params) {
  const { gte = '0', lte = '9999999999', ...others } = Object(created) as Params;
  if (Object.keys(others).length > 0 || ![gte, lte].every((time) => /^\d+$/.test(String(time))))
    throw invalidParameter('created', 'Only created[gte] and created[lte] are read here.');
  return { from: Number(gte), to: Number(lte) };
}
