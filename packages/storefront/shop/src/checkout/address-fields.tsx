import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { type Address, shop } from '../api.ts';
import { Field, type Typed } from '../parts/form.tsx';

/** What of a form is an address, as the API takes it. */
export const addressOf = ({ name = '', line1 = '', country = '', ...typed }: Typed): Address => {
  const { line2, postalCode, city, state } = typed;
  return { name, address: { line1, line2, postalCode, city, state, country } };
};

interface Props {
  readonly address: Address | undefined;
  readonly country: string;
  readonly onCountry: (country: string) => void;
}

const names = new Intl.DisplayNames('en', { type: 'region' });

export function AddressFields({ address, country, onCountry }: Props) {
  const countries = useCountries(country);
  const place = (name: keyof Address['address']) => ({
    name,
    path: `shippingAddress.address.${name}`,
    defaultValue: address?.address[name],
  });
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
      />
      <Field
        class="whole"
        label="Street and number"
        autocomplete="address-line1"
        required
        {...place('line1')}
      />
      <Field
        class="whole"
        label="Flat, floor, company (optional)"
        autocomplete="address-line2"
        {...place('line2')}
      />
      <Field label="Postal code" autocomplete="postal-code" required {...place('postalCode')} />
      <Field label="City" autocomplete="address-level2" required {...place('city')} />
      <Field label="State or region (optional)" autocomplete="address-level1" {...place('state')} />
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
