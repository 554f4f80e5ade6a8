import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { type Checkout, shop } from '../api.ts';
import { Field, type Typed } from '../parts/form.tsx';

type Address = Checkout['shippingAddress'];

/** What of a form is an address, as the API takes it. */
export const addressOf = (typed: Typed): Address => ({
  name: typed['name'] ?? '',
  ...(typed['phone'] && { phone: typed['phone'] }),
  address: {
    line1: typed['line1'] ?? '',
    ...(typed['line2'] && { line2: typed['line2'] }),
    ...(typed['postalCode'] && { postalCode: typed['postalCode'] }),
    ...(typed['city'] && { city: typed['city'] }),
    ...(typed['state'] && { state: typed['state'] }),
    country: typed['country'] ?? '',
  },
});

interface Props {
  readonly address: Address | undefined;
  readonly error: unknown;
  readonly country: string;
  readonly onCountry: (country: string) => void;
}

const names = new Intl.DisplayNames('en', { type: 'region' });

/** Those of a place: label, name and what browsers know it by. The name is what the API calls it, too. */
const placeFields = [
  {
    label: 'Street and number',
    name: 'line1',
    autocomplete: 'address-line1',
    required: true,
    class: 'whole',
  },
  {
    label: 'Flat, floor, company (optional)',
    name: 'line2',
    autocomplete: 'address-line2',
    required: false,
    class: 'whole',
  },
  { label: 'Postal code', name: 'postalCode', autocomplete: 'postal-code', required: true, class: '' },
  { label: 'City', name: 'city', autocomplete: 'address-level2', required: true, class: '' },
  {
    label: 'State or region (optional)',
    name: 'state',
    autocomplete: 'address-level1',
    required: false,
    class: '',
  },
] as const;

export function AddressFields({ address, error, country, onCountry }: Props) {
  const countries = useCountries(country);
  return (
    <div class="fields">
      <Field
        class="whole"
        label="Name"
        name="name"
        path="shippingAddress.name"
        autocomplete="name"
        required
        defaultValue={address?.name}
        error={error}
      />
      {placeFields.map((field) => (
        <Field
          key={field.name}
          {...field}
          path={`shippingAddress.address.${field.name}`}
          defaultValue={address?.address[field.name]}
          error={error}
        />
      ))}
      <div class="field">
        <label for="country">Country</label>
        <select
          id="country"
          name="country"
          autocomplete="country"
          value={country}
          onChange={(event) => onCountry(event.currentTarget.value)}
        >
          {countries.map((code) => (
            <option key={code} value={code}>
              {names.of(code)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

/** All that the shop delivers to, and the one of the address. */
function useCountries(current: string): readonly string[] {
  const { data } = useDeliveryMethods();
  return [...new Set([current, ...(data?.items ?? []).flatMap(({ countries }) => countries)])].sort();
}

export const useDeliveryMethods = () =>
  useQuery({
    queryKey: ['delivery-methods'],
    queryFn: () => orThrow(shop.listDeliveryMethods()),
    staleTime: 60_000,
  });
