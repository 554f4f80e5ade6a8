import { defineProblems } from '@shop/service-kit';

/** Of a service that a test makes up. */
export const { problem } = defineProblems({
  taken: { status: 409, detail: 'Taken.' },
  'keys-unavailable': { status: 503, detail: 'Not now.', retryAfter: 2 },
  'catalog-service-unavailable': {
    status: 503,
    detail: 'catalog_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
});

/** What a client of catalog_service throws when that does not answer. */
export const unavailable = (cause: unknown) => problem('catalog-service-unavailable', { cause });
