import type { CancelReason, OrderStatus } from '@shop/contracts';
import type { HistoryCause } from '../domain/order-status.ts';

// What the words of an order mean to whoever shows it; the types see to it that none is left out.

export const statusMeanings: Readonly<Record<OrderStatus, string>> = {
  pending: 'its stock is being reserved; a moment',
  processing: 'its stock is reserved and it can be paid now',
  completed: 'it is paid',
  cancelled: 'it has ended; stock and money went back, or are on their way',
};

export const reasonMeanings: Readonly<Record<CancelReason, string>> = {
  'out-of-stock': 'somebody else was faster; nothing was paid',
  'stock-timeout': 'its stock could not be reserved in time; nothing was paid',
  'payment-expired': 'it was not paid in time',
  'payment-cancelled': 'its payment was cancelled, or given back',
  'by-customer': 'the customer cancelled it',
  'by-admin': 'the shop cancelled it',
};

export const causeMeanings: Readonly<Record<HistoryCause, string>> = {
  created: 'the order was placed',
  'stock-reserved': 'all of its goods are set aside for it; it can be paid',
  'stock-rejected': 'there was too little in stock: `details.shortages`',
  'payment-created': 'the customer began to pay: `details.paymentId`, `amount`, `currency`',
  'payment-succeeded':
    'a payment came in. With status `completed` for the first time: the order is paid. Else it was too late, or one ' +
    'too many, and is given back without anyone asking',
  'payment-mismatched': 'a payment came in that is not of the order’s amount; it is given back',
  'payment-failed': 'a payment was declined; the customer may try again',
  'payment-cancelled': 'a payment was cancelled; with status `cancelled`, the order with it',
  'payment-refunded': 'the money of a payment was given back',
  'cancel-asked': 'the customer or the shop cancelled the order: `details.reason`',
  'window-over':
    'the time to reserve or to pay was over. With status `cancelled`: the order ended, `details.reason`. With ' +
    '`processing`: the payment provider is asked whether it was paid at the last moment',
};

/** As a list in Markdown. */
export const list = (meanings: Readonly<Record<string, string>>) =>
  Object.entries(meanings)
    .map(([word, meaning]) => `- \`${word}\`: ${meaning}`)
    .join('\n');
