import type { Checkout } from '../api.ts';

const names = new Intl.DisplayNames('en', { type: 'region' });

export function AddressLines({ name, address }: Checkout['shippingAddress']) {
  const { line1, line2, postalCode, city, state, country } = address;
  const town = [postalCode, city, state].filter(Boolean).join(' ');
  const lines = [name, line1, line2, town, names.of(country)].filter(Boolean);
  return (
    <address>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </address>
  );
}
