/** Where a customer goes from a failure. */
export type Way = 'retry' | 'reload' | 'sign-in' | 'register' | 'catalogue' | 'cart' | 'orders';

type Words = readonly [text: string, way?: Way];

const signedOut: Words = ['You are no longer signed in. Sign in, and go on where you were.', 'sign-in'];
const account: Words = ['There is an account already. Sign in to it instead.', 'sign-in'];
const busy: Words = ['The shop is busy. Wait a moment, then try again.', 'retry'];
const unavailable: Words = [
  'This part of the shop does not answer at the moment. Your things are safe.',
  'retry',
];
const notUnderstood: Words = ['The shop did not understand this page. Load it again.', 'reload'];
const live: Words = ['This order is open in too many windows to follow it live. Close some.', 'reload'];
const paid: Words = ['The order is paid. There is nothing more to pay.', 'reload'];
const over: Words = [
  'The order is cancelled. Nothing will be charged, and what was paid is given back.',
  'reload',
];
const goneProduct: Words = ['This is no longer for sale.', 'catalogue'];

/** What a customer reads, by the `code` of a problem. A test has every code of the contracts in it. */
const wordsByCode: Readonly<Record<string, Words>> = {
  // Of this page: no answer came at all.
  'network-error': ['You seem to be offline. Nothing was lost.', 'retry'],

  'token-missing': signedOut,
  'invalid-token': signedOut,
  'token-expired': signedOut,
  'invalid-refresh-token': signedOut,
  'invalid-credentials': ['The email or the password is wrong.'],
  'email-taken': account,
  'guest-registered': account,
  'second-factor-required': [
    'Now the code that your authenticator app shows, or one of your recovery codes.',
  ],
  'invalid-second-factor': ['This code is wrong or used already. Wait for the next one.'],
  'second-factor-exists': ['Your account has a second factor already.', 'reload'],
  'second-factor-not-found': ['Your account has no second factor.', 'reload'],
  'orders-open': ['An order is not paid or not shipped yet. Cancel it, or wait for it.', 'orders'],
  'account-required': ['This needs an account.', 'register'],
  'admin-only': ['Only those who run the shop may do this.', 'catalogue'],
  'link-expired': ['This link is used or no longer valid. Ask for another one.'],
  'mail-not-set-up': ['This shop sends no mails, so it cannot do that. Write to us.'],
  'address-not-found': ['This address is no longer kept.', 'reload'],
  'addresses-full': ['You keep as many addresses as there may be. Remove one first.'],
  'session-not-found': ['This session has ended already.', 'reload'],

  'product-not-found': goneProduct,
  'product-group-not-found': goneProduct,
  'product-unavailable': [
    'Something in your cart is no longer for sale. Remove it, then order the rest.',
    'cart',
  ],
  'insufficient-stock': ['There is not enough of it in stock. Take fewer.', 'cart'],
  'price-changed': ['A price has changed. Have a look at the new total.', 'cart'],
  'mixed-currencies': ['One order has one currency. Remove what has another one.', 'cart'],
  'amount-out-of-range': ['An order of this amount cannot be paid. Add or remove something.', 'cart'],
  'delivery-unavailable': ['This delivery is no longer offered there. Choose another one.', 'reload'],
  'cart-full': ['The cart is full. Remove something first.', 'cart'],
  'cart-empty': ['The cart is empty. If you have just ordered, it is among your orders.', 'orders'],
  'cart-changed': ['The cart was changed in another window. Have a look at it.', 'cart'],
  'cart-line-not-found': ['This was removed from the cart in another window.', 'cart'],
  'too-many-open-orders': ['You have many unpaid orders. Pay or cancel one of them first.', 'orders'],

  'order-not-found': ['There is no such order among yours.', 'orders'],
  'order-cancelled': over,
  'order-completed': paid,
  'order-shipped': ['The order is on its way and cannot be cancelled. Ask us for a return.', 'reload'],
  'nothing-to-pay': ['The order is free. There is nothing to pay.', 'reload'],
  'stock-pending': ['Your things are being put aside. You can pay in a moment.', 'retry'],
  'payment-succeeded': paid,
  'payment-cancelled': over,
  'payment-refunded': over,
  'payment-not-possible': ['This order cannot be paid here. Write to us; it is not your fault.', 'orders'],
  'payment-not-found': ['There is no such payment among yours.', 'orders'],
  'own-streams-exhausted': live,
  'guest-streams-exhausted': live,
  'address-streams-exhausted': live,

  'scope-missing': ['This key may not do that.'],
  'api-keys-full': ['There are as many keys as there may be. Revoke one first.'],
  'api-key-not-found': ['This key is revoked already.', 'reload'],
  'sku-taken': ['Another product has this SKU.'],
  'product-changed': [
    'The product was changed or sold meanwhile. Load it again, then make your change.',
    'reload',
  ],
  'version-required': notUnderstood,
  'shipment-not-found': ['There is no such shipment.', 'reload'],
  'order-not-completed': ['The order is not paid yet. It can be shipped when it is.', 'reload'],
  'order-not-paid': ['The order is not paid yet. Cancel it instead.', 'reload'],
  'nothing-to-ship': ['Nothing of the order is left to be shipped.', 'reload'],
  'too-many-pieces': ['That is more than is left to be shipped.', 'reload'],
  'nothing-to-refund': ['All of the money is given back already.', 'reload'],
  'refund-too-large': ['That is more than is left to be given back.'],

  busy,
  overloaded: busy,
  'product-busy': busy,
  'request-in-progress': busy,
  'too-many-attempts': ['That were too many attempts. Wait a few minutes, then try again.', 'retry'],
  'too-many-requests': busy,
  'streams-exhausted': busy,
  'stripe-busy': busy,
  'stripe-unavailable': ['The payment service does not answer at the moment. Nothing was charged.', 'retry'],
  'database-unavailable': unavailable,
  'keys-unavailable': unavailable,
  'events-unavailable': unavailable,
  'user-service-unavailable': unavailable,
  'catalog-service-unavailable': unavailable,
  'order-service-unavailable': unavailable,
  'payment-service-unavailable': unavailable,
  'outcome-unknown': ['We do not know whether this has worked. Look before you do it again.', 'reload'],
  'request-timeout': ['The connection was too slow. Try again.', 'retry'],

  'validation-failed': ['Some of it is not right yet. See below.'],
  'invalid-characters': ['There is a character in it that cannot be kept. Type it again.'],
  'body-too-large': ['That is too long.'],
  'idempotency-key-reused': notUnderstood,
  'malformed-json': notUnderstood,
  'malformed-request': notUnderstood,
  'invalid-encoding': notUnderstood,
  'host-missing': notUnderstood,
  'method-not-allowed': notUnderstood,
  'chunk-extensions-too-large': notUnderstood,
  'headers-too-large': notUnderstood,
  'unsupported-media-type': notUnderstood,
  'expectation-failed': notUnderstood,
  'route-not-found': ['There is nothing here.', 'catalogue'],
  'internal-error': ['Something went wrong on our side, not on yours.', 'retry'],
};

/** @returns undefined for a code that is not known here */
export const wordsFor = (code: string): Words | undefined => wordsByCode[code];
