import { invalidParameter } from './errors.ts';
import { readLimit } from './lists.ts';
import type { PaymentIntent } from './objects.ts';
import { optionalText, requiredText } from './params.ts';
import { type ApiRequest, ok, type Params, type Reply } from './request.ts';

type Term = (intent: PaymentIntent) => boolean;

const QUOTED = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
const METADATA_TERM = new RegExp(String.raw`^metadata\[(${QUOTED})\]\s*:\s*(${QUOTED})`);
const FIELD_TERM = new RegExp(String.raw`^(status|currency|customer)\s*:\s*(${QUOTED})`);

/**
 * GET /v1/payment_intents/search, newest first. Of Stripe's query language: terms
 * `metadata['key']:'value'`, `status:'…'`, `currency:'…'` and `customer:'…'` joined by AND.
 * Finds a payment as soon as it is made; Stripe itself takes up to a minute.
 */
export function searchPaymentIntents({ params, tables }: ApiRequest): Reply {
  const terms = parseQuery(requiredText(params, 'query'));
  const found = [...tables.payment_intents.values()].filter((intent) => terms.every((term) => term(intent)));
  const start = readPage(params);
  const end = start + readLimit(params);
  const more = end < found.length;
  return ok({
    object: 'search_result',
    data: found.reverse().slice(start, end),
    has_more: more,
    next_page: more ? String(end) : null,
    url: '/v1/payment_intents/search',
  });
}

function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  let rest = query.trim();
  for (;;) {
    const { term, length } = parseTerm(rest, query);
    terms.push(term);
    rest = rest.slice(length);
    if (rest === '') return terms;
    const and = /^\s+AND\s+/i.exec(rest);
    if (!and) throw unreadable(query);
    rest = rest.slice(and[0].length);
  }
}

function parseTerm(text: string, query: string): { term: Term; length: number } {
  const [metadataMatch = '', key = '', wanted = ''] = METADATA_TERM.exec(text) ?? [];
  if (metadataMatch !== '') {
    const name = unquote(key);
    const value = unquote(wanted);
    const term: Term = ({ metadata }) => Object.hasOwn(metadata, name) && metadata[name] === value;
    return { term, length: metadataMatch.length };
  }
  const [fieldMatch = '', field = '', expected = ''] = FIELD_TERM.exec(text) ?? [];
  if (fieldMatch === '') throw unreadable(query);
  const value = unquote(expected);
  const term: Term = (intent) => intent[field as 'status' | 'currency' | 'customer'] === value;
  return { term, length: fieldMatch.length };
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

function readPage(params: Params): number {
  const page = optionalText(params, 'page') ?? '0';
  if (!/^\d{1,9}$/.test(page)) throw invalidParameter('page', 'Invalid page token.');
  return Number(page);
}

function unreadable(query: string) {
  return invalidParameter('query', `We were unable to parse your search query: ${query}`);
}
