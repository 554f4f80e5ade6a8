import { formatMoney } from '../money.ts';
import { Problem } from '../parts/problem.tsx';
import { useDeliveryMethods } from './address-fields.tsx';

interface Props {
  readonly country: string;
  readonly currency: string;
  /** What was chosen before. */
  readonly chosen: string | undefined;
}

export function DeliveryChoice({ country, currency, chosen }: Props) {
  const { data, error, refetch } = useDeliveryMethods();
  const methods =
    data?.items.filter((method) => method.countries.includes(country) && method.currency === currency) ?? [];
  const first = methods.find(({ id }) => id === chosen) ?? methods[0];
  return (
    <fieldset class="stack">
      <legend>
        <h2>Delivery</h2>
      </legend>
      <Problem error={error} onRetry={() => void refetch()} />
      {data && methods.length === 0 && <p class="note warn">The shop does not deliver there yet.</p>}
      {methods.map(({ id, name, price }) => (
        <label key={`${country} ${id}`} class="choice boxed">
          <input type="radio" name="deliveryMethod" value={id} required defaultChecked={id === first?.id} />
          <span>{name}</span>
          <span class="price">{price === 0 ? 'Free' : formatMoney(price, currency)}</span>
        </label>
      ))}
    </fieldset>
  );
}
