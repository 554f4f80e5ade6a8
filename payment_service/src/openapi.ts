import { describeService, type OpenApiDocument } from '@shop/service-kit';
import { createPayment, verifyPayment } from './openapi/payment-paths.ts';
import { schemas } from './openapi/schemas.ts';
import { webhook } from './openapi/webhook-path.ts';

const description = `
Takes the money for orders, through Stripe. Card data never comes here: the browser gives it to Stripe.

### The checkout, step by step

1. \`POST /orders\` (order_service) makes the order. It is \`pending\` while its stock is reserved, then \`processing\`.
2. \`POST /create-payment\` with \`{orderNumber}\`. 409 \`stock-pending\` means that step 1 is not through: wait for
   \`Retry-After\` and repeat. It gives \`secret\`, \`pubKey\` and \`paymentId\`. There is one payment for each order:
   calling it again, at any time, gives the same one.
3. The customer pays, in the browser, with [Stripe.js](https://docs.stripe.com/js):

       const stripe = Stripe(data.pubKey);
       const elements = stripe.elements({ clientSecret: data.secret });
       elements.create('payment').mount('#payment');
       // and when the customer presses “Pay”:
       const { error, paymentIntent } = await stripe.confirmPayment({ elements, redirect: 'if_required' });

   \`error\`: show \`error.message\`. After a declined card the same \`elements\` may be submitted again; after a reload
   repeat step 2. A bank that asks the customer first is dealt with inside \`confirmPayment\`.
4. Without an error: \`POST /verify-payment/{paymentId}\`, once. \`succeeded\` is the moment to say “paid”.
5. The order becomes \`completed\`: wait for it on order_service's \`GET /orders/{orderNumber}/events\`. Never take the
   browser's word for a paid order; order_service compares amount and currency itself.

**What the webhook does.** Stripe also tells this service of the payment by itself (\`POST /webhooks/stripe\`), usually
within a second. So an order is completed too when the customer closes the page after step 3; step 4 is for the case
that the webhook is late or lost, and a page that leaves it out still works. Should both fail, order_service asks
before it lets an order expire (30 minutes).

**The offline Stripe** of \`pnpm start\` has no Stripe.js. In step 3 confirm with one of Stripe's test cards instead:

    curl http://localhost:12111/v1/payment_intents/<paymentId>/confirm -u <pubKey>: \\
      -d client_secret=<secret> -d payment_method=pm_card_visa

\`pm_card_visa\` succeeds; \`pm_card_visa_chargeDeclined\` is declined with 402, as
\`pm_card_visa_chargeDeclinedInsufficientFunds\` and \`pm_card_chargeDeclinedExpiredCard\` are;
\`pm_card_authenticationRequired\` answers \`requires_action\` with a page where one plays the bank.

**Giving money back** has no route: cancelling an order does it (\`POST /orders/{orderNumber}/cancel\`).

**Money** is an integer in the minor unit of its currency: 4550 in \`usd\` is $45.50, 4550 in \`jpy\` is ¥4550.

**Where.** A browser asks the gateway, \`http://localhost:3000/api/create-payment\` and so on. **Problems** are
\`application/problem+json\` (RFC 9457): branch on \`code\`, show \`detail\`, and give \`requestId\` to whoever searches the
logs. **Repeating** any request here is harmless.
`.trim();

const described = describeService({
  title: 'payment_service',
  description,
  tags: [
    { name: 'Payments', description: 'What a storefront calls, with the access token of its customer.' },
    { name: 'Webhooks', description: 'What Stripe calls.' },
  ],
  schemas,
  paths: {
    '/create-payment': { post: createPayment },
    '/verify-payment/{id}': { post: verifyPayment },
    '/webhooks/stripe': { post: webhook },
  },
});

const servers = [
  { url: '/', description: 'This service.' },
  { url: 'http://localhost:3000/api', description: 'The gateway of `pnpm start`, which a browser asks.' },
];

/** What this service promises to whoever calls it: served at `/openapi.json`, shown at `/docs`. */
export const document: OpenApiDocument = { ...described, servers };
