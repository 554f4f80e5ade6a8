import type { EventData, EventType, NewEvent, ShopEvent, Topic } from '@shop/contracts';
import {
  createEvent,
  createInProcessBus,
  type DeadLetter,
  type DeadLetterStore,
  decodeEvent,
  type EventBus,
  encodeEvent,
} from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import type { FakePayments } from './fake-payments.ts';

/** What became of the events of all instances. */
export interface EventRecord {
  /** What catalog_service and payment_service were told, in order. */
  readonly heard: ShopEvent[];
  readonly deadLetters: Pick<DeadLetter, 'group' | 'reason' | 'event'>[];
}

export interface Others {
  readonly bus: EventBus;
  /** Lets catalog_service and payment_service subscribe: until then their events wait. */
  listen(): Promise<void>;
  /** Says something to order_service; resolves when it has taken it up. @returns the event, to say it again */
  say<T extends EventType>(event: NewEvent<T> | ShopEvent<T>): Promise<ShopEvent>;
  /** The same, and Stripe knows nothing of it. */
  forge<T extends EventType>(event: NewEvent<T> | ShopEvent<T>): Promise<ShopEvent>;
}

const groups: { readonly [T in Topic]: readonly string[] } = {
  CatalogEvents: ['catalog_service'],
  PaymentEvents: ['payment_service'],
  OrderEvents: ['order_service'],
  ProductEvents: [],
};

/** The bus, and on it the services that order_service talks to. */
export function createOthers(
  logger: Logger,
  { heard, deadLetters }: EventRecord,
  payments: Pick<FakePayments, 'know'>,
): Others {
  const bus = createInProcessBus({ groups, deadLetters: storeIn(deadLetters), logger });
  const record = async (event: Parameters<typeof decodeEvent>[0]) => {
    heard.push(decodeEvent(event));
  };
  return {
    bus,
    listen: async () => {
      await bus.subscribe('catalog_service', 'CatalogEvents', record);
      await bus.subscribe('payment_service', 'PaymentEvents', record);
    },
    say: async (event) => {
      if (event.type === 'CREATE_PAYMENT') payments.know(event.data as EventData<'CREATE_PAYMENT'>);
      return publish(event);
    },
    forge: publish,
  };

  async function publish<T extends EventType>(event: NewEvent<T> | ShopEvent<T>): Promise<ShopEvent> {
    const said = 'time' in event ? (event as ShopEvent) : createEvent(event as NewEvent);
    await bus.publish(encodeEvent(said));
    return said;
  }
}

function storeIn(letters: EventRecord['deadLetters']): DeadLetterStore {
  return {
    add: async (group, event, reason) => {
      letters.push({ group, event, reason });
    },
    requested: async () => [],
    remove: async () => {},
  };
}
