import { countryFaults, type ShippingAddress } from '@shop/contracts';
import { priceFault } from '@shop/money';
import type { FieldError } from '@shop/service-kit';
import { problem } from '../problems.ts';

/** How the shop sends what was ordered, and what that costs in minor units. */
export interface DeliveryMethod {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  /** Where to, ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
}

export interface Contact {
  readonly email: string;
}

/** What an amount has beside its lines; negative if it lowers it. */
export interface Adjustment {
  readonly kind: 'delivery';
  readonly label: string;
  readonly amount: number;
}

/** What the customer gave, with the price that was shown for the delivery: as a line of the cart keeps its own. */
export interface CartCheckout extends Contact {
  readonly shippingAddress: ShippingAddress;
  readonly billingAddress?: ShippingAddress;
  readonly deliveryMethod: string;
  readonly deliveryPrice: number;
}

export type OrderedDelivery = Pick<DeliveryMethod, 'id' | 'name'>;

/** What an order keeps of the checkout. */
export interface OrderedCheckout {
  readonly contact: Contact;
  readonly shippingAddress: ShippingAddress;
  readonly billingAddress: ShippingAddress | null;
  readonly deliveryMethod: OrderedDelivery;
}

/** What is wrong with the methods of the settings, beyond their form. */
export const deliveryFaults = (methods: readonly DeliveryMethod[]): FieldError[] =>
  methods.flatMap(({ id, price, currency, countries: targets }, index) => {
    const fault = priceFault(price, currency);
    const given = fault && (fault.field === 'price' ? price : `"${currency}"`);
    const isRepeated = methods.findIndex((method) => method.id === id) < index;
    return [
      ...(isRepeated ? [{ field: `${index}.id`, message: `must be unique, not "${id}"` }] : []),
      ...(fault ? [{ field: `${index}.${fault.field}`, message: `${fault.message}, not ${given}` }] : []),
      ...targets.flatMap((country, place) => countryFaults(`${index}.countries.${place}`, country)),
    ];
  });

type GivenCheckout = Omit<CartCheckout, 'deliveryPrice'>;

/**
 * The checkout of a cart that has lines in these currencies.
 * @throws Problem `validation-failed` naming each field that does not fit
 */
export function acceptCheckout(
  given: GivenCheckout,
  methods: readonly DeliveryMethod[],
  lineCurrencies: readonly string[],
): CartCheckout {
  const { shippingAddress, billingAddress, deliveryMethod: id } = given;
  const method = methods.find((each) => each.id === id);
  const known = methods.map((each) => each.id).join(', ') || 'none, for the shop has no delivery methods';
  const errors = [
    ...countryFaults('shippingAddress.address.country', shippingAddress.address.country),
    ...(billingAddress
      ? countryFaults('billingAddress.address.country', billingAddress.address.country)
      : []),
    ...(method === undefined
      ? [{ field: 'deliveryMethod', message: `must be one of ${known}, not "${id}"` }]
      : []),
  ];
  if (method === undefined || errors.length > 0) throw problem('validation-failed', { errors });
  const misfits = misfitsOf(method, shippingAddress, lineCurrencies);
  if (misfits.length > 0) throw problem('validation-failed', { errors: misfits });
  return { ...given, deliveryPrice: method.price };
}

function misfitsOf(
  { id, currency, countries: targets }: DeliveryMethod,
  { address: { country } }: ShippingAddress,
  lineCurrencies: readonly string[],
): FieldError[] {
  const isDelivered = targets.includes(country);
  const isPayable = lineCurrencies.every((each) => each === currency);
  const where = `must be a country that "${id}" delivers to (${targets.join(', ')}), not "${country}"`;
  const which = `must have the currency of the cart, ${lineCurrencies.join(' and ')}, not "${id}" in ${currency}`;
  return [
    ...(isDelivered ? [] : [{ field: 'shippingAddress.address.country', message: where }]),
    ...(isPayable ? [] : [{ field: 'deliveryMethod', message: which }]),
  ];
}

/** The method of a checkout for lines in these currencies; undefined when the shop does not deliver so. */
export function findDelivery(
  { deliveryMethod, shippingAddress }: CartCheckout,
  methods: readonly DeliveryMethod[],
  lineCurrencies: readonly string[],
): DeliveryMethod | undefined {
  const method = methods.find(({ id }) => id === deliveryMethod);
  return method && misfitsOf(method, shippingAddress, lineCurrencies).length === 0 ? method : undefined;
}

export const adjustmentOf = ({ name, price }: DeliveryMethod): Adjustment => ({
  kind: 'delivery',
  label: name,
  amount: price,
});

export const sumOf = (adjustments: readonly Adjustment[]): number =>
  adjustments.reduce((sum, { amount }) => sum + amount, 0);
