import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { useLocation } from 'wouter-preact';
import { type Product, shop } from '../api.ts';

/** The options of a group: another choice leads to the variant that differs in as little else as possible. */
export function Variants({ product, groupId }: { product: Product; groupId: string }) {
  const [, navigate] = useLocation();
  const { data: group } = useQuery({
    queryKey: ['group', groupId],
    queryFn: () => orThrow(shop.getProductGroup({ id: groupId })),
  });
  if (!group || group.items.length < 2) return null;
  const select = (name: string, value: string) => {
    const variant = closest(group.items, { ...product.options, [name]: value }, name);
    if (variant) navigate(`/products/${variant.id}`, { replace: true });
  };
  return (
    <div class="stack">
      {group.options.map(({ name, values }) => (
        <fieldset key={name} class="stack">
          <legend>{name.charAt(0).toUpperCase() + name.slice(1)}</legend>
          <div class="row">
            {values.map((value) => (
              <label key={value} class="choice boxed">
                <input
                  type="radio"
                  name={name}
                  checked={product.options[name] === value}
                  onChange={() => select(name, value)}
                />
                {value}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

/** The variant that has the chosen value, and as many of the other wanted ones as any. */
function closest(variants: readonly Product[], wanted: Readonly<Record<string, string>>, chosen: string) {
  const agreement = ({ options }: Product) =>
    Object.keys(wanted).filter((name) => options[name] === wanted[name]).length;
  return variants
    .filter(({ options }) => options[chosen] === wanted[chosen])
    .sort((one, other) => agreement(other) - agreement(one))[0];
}
