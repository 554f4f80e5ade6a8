type Environment = Readonly<Record<string, string | undefined>>;

/** DELIVERY_METHODS of order_service: the given ones, else two in the currency of the demo products. */
export function deliveryMethodsOf(environment: Environment): string {
  const currency = environment['DEFAULT_CURRENCY'] || 'usd';
  const countries = ['AT', 'BE', 'CA', 'CH', 'DE', 'ES', 'FR', 'GB', 'IE', 'IT', 'NL', 'US'];
  // Prices that can be charged in every currency.
  const methods = [
    { id: 'standard', name: 'Standard', price: 500, currency, countries },
    { id: 'express', name: 'Express', price: 1500, currency, countries },
  ];
  return environment['DELIVERY_METHODS'] || JSON.stringify(methods);
}
