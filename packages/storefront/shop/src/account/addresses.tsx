import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { shop } from '../api.ts';
import { AddressLines } from '../parts/address-lines.tsx';
import { Press } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Problem } from '../parts/problem.tsx';
import { useAddresses } from './use-addresses.ts';

/** The addresses that were kept at checkout. */
export function Addresses() {
  const addresses = useAddresses();
  const remove = useMutation({ mutationFn: (id: number) => orThrow(shop.removeAddress({ id })) });
  return (
    <section class="stack" aria-labelledby="addresses">
      <h2 id="addresses">Addresses</h2>
      <Problem error={remove.error} />
      <Loaded query={addresses}>
        {({ items }) => (
          <>
            {items.length === 0 && <p class="soft">The next one that you order to can be kept here.</p>}
            <ul class="grid">
              {items.map((saved) => (
                <li key={saved.id} class="card stack">
                  <AddressLines {...saved} />
                  <Press class="plain" busy={remove.isPending} onPress={() => remove.mutate(saved.id)}>
                    Remove<span class="unseen"> the address of {saved.name}</span>
                  </Press>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}
