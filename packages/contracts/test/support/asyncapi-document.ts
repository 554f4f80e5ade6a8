import {
  consumerGroups,
  type EventData,
  type EventType,
  eventContracts,
  partitions,
  type Topic,
  topics,
} from '@shop/contracts';

/** What the schemas of an event do not say. */
interface Story<T extends EventType> {
  readonly from: string;
  readonly summary: string;
  readonly example: EventData<T>;
}

const orderNumber = '5F0C1B7A93D2E4886F10';
const paymentId = 'pi_3QK2Vd2eZvKYlo2C0f9b1xJm';
const refundId = 'rf_5b3e1f0c9a7d4e2281c6';

const stories: { readonly [T in EventType]: Story<T> } = {
  CREATE_ORDER: {
    from: 'order_service',
    summary:
      'A customer has ordered. The catalog takes the stock of all lines or of none, once per order number, and answers STOCK_RESERVED or STOCK_REJECTED.',
    example: {
      orderNumber,
      customerId: 7,
      amount: 25_800,
      currency: 'usd',
      status: 'pending',
      txnId: null,
      orderItems: [{ productId: 1, itemName: 'Aurora Wireless Headphones', qty: 2, price: 12_900 }],
    },
  },
  CANCEL_ORDER: {
    from: 'order_service',
    summary:
      'The order will not be delivered. The catalog puts its stock back, if it was taken, once: that of the lines given, or all that has not come back yet. Stock of an order that is cancelled first is never taken.',
    example: { orderNumber, reason: 'payment-expired' },
  },
  RETURN_STOCK: {
    from: 'order_service',
    summary:
      'Pieces of an order came back, and can be sold again: the catalog puts them on the shelf, once per refund, and never more than the order took.',
    example: { orderNumber, refundId, lines: [{ productId: 1, qty: 1 }] },
  },
  STOCK_RESERVED: {
    from: 'catalog_service',
    summary: 'The stock of all lines is taken: the order can be paid, or is completed if it is free.',
    example: { orderNumber },
  },
  STOCK_REJECTED: {
    from: 'catalog_service',
    summary: 'Nothing was taken, for these lines cannot be had: the order is cancelled as out of stock.',
    example: { orderNumber, shortages: [{ productId: 1, requested: 2, available: 1 }] },
  },
  CREATE_PAYMENT: {
    from: 'payment_service',
    summary:
      'What the payment of an order is now, with all its refunds, also those made in Stripe’s dashboard. Its ce_id is made of the payment, its status and those of its refunds, so that the same news said twice is one event. order_service believes it only after it has asked payment_service what Stripe says.',
    example: {
      orderNumber,
      paymentId,
      status: 'succeeded',
      amount: 25_800,
      currency: 'usd',
      paymentLog: '{"status":"succeeded"}',
      refunds: [{ id: 're_3QK2Vd2eZvKYlo2C0q7TzPnW', refundId, amount: 12_900, status: 'succeeded' }],
    },
  },
  PAYMENT_DISPUTED: {
    from: 'payment_service',
    summary:
      'What the dispute of a payment is now. Its ce_id is made of the dispute and its status, so that the same news said twice is one event. It changes no order.',
    example: {
      orderNumber,
      paymentId,
      disputeId: 'du_1QK2Vd2eZvKYlo2C0f9b1xJm',
      amount: 25_800,
      currency: 'usd',
      reason: 'product_not_received',
      status: 'needs_response',
      dueBy: '2026-12-01T23:59:59.000Z',
    },
  },
  SHIPMENT_CREATED: {
    from: 'order_service',
    summary:
      'Something of an order was sent. It is said for anyone who listens (a mailer, a warehouse): no service of the shop does anything on it.',
    example: {
      orderNumber,
      shipmentId: 12,
      carrier: 'DHL',
      tracking: '00340434161094042557',
      lines: [{ productId: 1, qty: 2 }],
    },
  },
  SHIPMENT_DELIVERED: {
    from: 'order_service',
    summary: 'A shipment has arrived. It is said for anyone who listens, as SHIPMENT_CREATED is.',
    example: { orderNumber, shipmentId: 12 },
  },
  CANCEL_PAYMENT: {
    from: 'order_service',
    summary:
      'The time to pay is over. Cancel the payment if it still can be, and say by CREATE_PAYMENT what it is then.',
    example: { orderNumber, paymentId, reason: 'payment-expired' },
  },
  REFUND_PAYMENT: {
    from: 'order_service',
    summary:
      'With refundId and amount: give so much back, once per refundId. Without: no money may stay; cancel the payment if it can be, refund all that is left of it if it has succeeded. Say by CREATE_PAYMENT what it is then.',
    example: { orderNumber, paymentId, reason: 'one piece came back', refundId, amount: 12_900 },
  },
  CHECK_PAYMENT: {
    from: 'order_service',
    summary: 'Nothing was heard of this payment for a while. Say by CREATE_PAYMENT what it is.',
    example: { orderNumber, paymentId, reason: 'no news of this payment yet' },
  },
  PRODUCT_UPSERTED: {
    from: 'catalog_service',
    summary: 'The product as it is from this version on, its stock included. A lower version is old news.',
    example: {
      id: 1,
      name: 'Aurora Wireless Headphones',
      description: 'Over-ear headphones with active noise cancelling.',
      price: 12_900,
      currency: 'usd',
      stock: 23,
      category: 'Audio',
      tags: ['wireless'],
      imageUrl: null,
      version: 4,
      createdAt: '2026-01-05T09:30:00.000Z',
      updatedAt: '2026-01-07T16:12:44.310Z',
    },
  },
  PRODUCT_DELETED: {
    from: 'catalog_service',
    summary: 'The product is no longer for sale. It counts unless a higher version was seen.',
    example: { id: 1, version: 5 },
  },
};

const channelsAbout: Readonly<Record<Topic, string>> = {
  CatalogEvents: 'What has become of orders, for whoever keeps the stock.',
  OrderEvents: 'What has become of the stock and of the payment of an order.',
  PaymentEvents: 'What is to be done with a payment.',
  ProductEvents: 'What products are, for whoever indexes them. Nobody has to listen.',
};

const types = Object.keys(eventContracts) as EventType[];
const typesOn = (topic: Topic) => types.filter((type) => eventContracts[type].topic === topic);

/** A record of what is made of each name. */
const each = <K extends string, V>(names: readonly K[], make: (name: K) => V) =>
  Object.fromEntries(names.map((name) => [name, make(name)]));
const ref = (path: string) => ({ $ref: `#/${path}` });

/** The AsyncAPI 3.0 document of all events: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function describeEvents() {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Events of the shop',
      version: '1.0.0',
      description:
        'What the services tell each other, at least once and in order per key. An event is a Kafka message in the binary mode of CloudEvents 1.0: attributes are headers, the value is the data as JSON. Whoever listens remembers each ce_id, and takes an event that comes again for the same event. Data may have members that its schema does not name. Money is in minor units (cents).',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{broker}',
        protocol: 'kafka',
        description:
          'Apache Kafka 4. In one process, without Kafka, the same messages cross a bus in memory.',
        variables: { broker: { default: 'localhost:9092', description: 'One of KAFKA_BROKERS.' } },
      },
    },
    channels: each(topics, describeChannel),
    operations: { ...describeSending(), ...describeReceiving() },
    components: {
      messages: each(types, describeMessage),
      schemas: { CloudEvent: cloudEvent, ...each(types, (type) => eventContracts[type].schema) },
    },
  };
}

function describeChannel(topic: Topic) {
  return {
    address: topic,
    description: channelsAbout[topic],
    servers: [ref('servers/kafka')],
    messages: each(typesOn(topic), (type) => ref(`components/messages/${type}`)),
    bindings: { kafka: { topic, partitions: partitions[topic], bindingVersion: '0.5.0' } },
  };
}

function describeMessage(type: EventType) {
  const { from, summary, example } = stories[type];
  const { topic, version } = eventContracts[type];
  const about = topic === 'ProductEvents' ? "The product's id." : "The order's number.";
  return {
    name: type,
    title: `${type}, version ${version}`,
    summary,
    contentType: 'application/json',
    headers: {
      type: 'object',
      allOf: [ref('components/schemas/CloudEvent')],
      properties: {
        ce_type: { const: type },
        ce_source: { const: from },
        ce_dataschema: { const: `urn:shop:event:${type}:${version}` },
      },
    },
    payload: ref(`components/schemas/${type}`),
    bindings: {
      kafka: {
        key: { type: 'string', description: `${about} Events of one key keep their order.` },
        bindingVersion: '0.5.0',
      },
    },
    examples: [{ payload: example }],
  };
}

function describeSending() {
  const senders = [...new Set(types.map((type) => stories[type].from))];
  return Object.assign(
    {},
    ...senders.flatMap((service) =>
      topics.map((topic) => {
        const sent = typesOn(topic).filter((type) => stories[type].from === service);
        return sent.length === 0 ? {} : describeOperation(service, 'send', topic, sent);
      }),
    ),
  );
}

function describeReceiving() {
  return Object.assign(
    {},
    ...topics.flatMap((topic) =>
      consumerGroups[topic].map((group) => describeOperation(group, 'receive', topic, typesOn(topic))),
    ),
  );
}

function describeOperation(
  service: string,
  action: 'send' | 'receive',
  topic: Topic,
  messages: readonly EventType[],
) {
  const how =
    service === 'payment_service'
      ? 'before it answers, for it has no database'
      : 'from its outbox, once what it says is committed';
  const summary =
    action === 'send'
      ? `${service} says it ${how}.`
      : `${service} takes it, as the consumer group ${service}.`;
  const groupId = { groupId: { type: 'string', enum: [service] }, bindingVersion: '0.5.0' };
  return {
    [`${service}-${action}s-${topic}`]: {
      action,
      channel: ref(`channels/${topic}`),
      summary,
      messages: messages.map((type) => ref(`channels/${topic}/messages/${type}`)),
      ...(action === 'receive' && { bindings: { kafka: groupId } }),
    },
  };
}

const cloudEvent = {
  type: 'object',
  description: 'The headers of every message: the attributes of CloudEvents 1.0, and the trace.',
  properties: {
    'content-type': { const: 'application/json' },
    ce_specversion: { const: '1.0' },
    ce_id: {
      type: 'string',
      minLength: 1,
      description: 'Unique per event and the same in every repeat: what a consumer remembers.',
    },
    ce_type: { type: 'string', enum: types },
    ce_source: { type: 'string', description: 'The service that says it.' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it was said, in UTC.' },
    ce_dataschema: { type: 'string', description: 'The schema of the data, and its version.' },
    traceparent: {
      type: 'string',
      pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
      description: 'The W3C trace context of whatever caused it, if there was one.',
    },
  },
  required: ['content-type', 'ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_dataschema'],
};
