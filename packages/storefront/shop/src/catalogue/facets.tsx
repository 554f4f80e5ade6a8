import type { Facets as FacetCounts } from '../api.ts';
import { formatMoney } from '../money.ts';

interface Props {
  readonly facets: FacetCounts;
  /** Of the prices. */
  readonly currency: string | undefined;
  readonly chosen: URLSearchParams;
  readonly set: (name: string, value: string | undefined) => void;
}

/** The filters, with how many products each would leave. */
export function Facets({ facets, currency = 'usd', chosen, set }: Props) {
  const prices = facets.priceRanges.filter(({ count }) => count > 0);
  return (
    <details class="facets" open={matchMedia('(min-width: 48rem)').matches}>
      <summary>Filters</summary>
      <div class="stack">
        <label class="choice">
          <input
            type="checkbox"
            checked={chosen.get('inStock') === 'true'}
            onChange={(event) => set('inStock', event.currentTarget.checked ? 'true' : undefined)}
          />
          <span>
            In stock only <span class="soft">({facets.inStock.true})</span>
          </span>
        </label>
        <Choices name="category" title="Category" values={facets.categories} {...{ chosen, set }} />
        <Choices
          name="price"
          title="Price"
          values={prices.map(({ from, to, count }) => ({
            value: `${from}-${to ?? ''}`,
            text: rangeOf(from, to, currency),
            count,
          }))}
          {...{ chosen, set }}
        />
        <Choices name="tag" title="Tag" values={facets.tags.slice(0, 8)} {...{ chosen, set }} />
      </div>
    </details>
  );
}

function rangeOf(from: number, to: number | null, currency: string): string {
  if (to === null) return `${formatMoney(from, currency)} and more`;
  if (from === 0) return `Below ${formatMoney(to + 1, currency)}`;
  return `${formatMoney(from, currency)} – ${formatMoney(to + 1, currency)}`;
}

interface ChoicesProps extends Pick<Props, 'chosen' | 'set'> {
  readonly name: string;
  readonly title: string;
  readonly values: readonly { readonly value: string; readonly count: number; readonly text?: string }[];
}

function Choices({ name, title, values, chosen, set }: ChoicesProps) {
  if (values.length === 0) return null;
  return (
    <section>
      <h2 id={`facet-${name}`}>{title}</h2>
      <ul aria-labelledby={`facet-${name}`}>
        {values.map(({ value, count, text = value }) => {
          const isChosen = chosen.get(name) === value;
          return (
            <li key={value}>
              <button
                type="button"
                class="plain"
                aria-pressed={isChosen}
                onClick={() => set(name, isChosen ? undefined : value)}
              >
                {text} <span class="soft">({count})</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
