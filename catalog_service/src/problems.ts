import {
  adminProblems,
  databaseProblems,
  defineProblems,
  keyProblems,
  requestProblems,
  tokenProblems,
} from '@shop/service-kit';

/** All problems that this service answers with; `openapi.yaml` says what a caller does about each. */
export const { problems, problem } = defineProblems({
  ...requestProblems,
  ...tokenProblems,
  ...adminProblems,
  ...keyProblems,
  ...databaseProblems,
  'product-not-found': {
    status: 404,
    detail: 'There is no such product.',
  },
  'product-changed': {
    status: 412,
    detail: 'The product has been changed since it was read. Read it again.',
  },
  'sku-taken': {
    status: 409,
    detail: 'Another product has this SKU.',
  },
  'product-group-not-found': {
    status: 404,
    detail: 'There is no such product group.',
  },
  'version-required': {
    status: 428,
    detail: 'A new `stock` needs the `version` of the product at which it was counted.',
  },
  'product-busy': {
    status: 503,
    detail: 'Others are changing the product. Try again in a moment.',
    retryAfter: 1,
  },
});
