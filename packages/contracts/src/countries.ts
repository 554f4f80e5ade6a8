import { iso31661 } from 'iso-3166';

/** The countries of ISO 3166-1, by their two capital letters, as Stripe takes them. */
const countries: ReadonlySet<string> = new Set(
  iso31661.filter(({ state }) => state === 'assigned').map(({ alpha2 }) => alpha2),
);

/** What is wrong with a country beyond its form: the field and the rule, or nothing. */
export const countryFaults = (field: string, country: string): { field: string; message: string }[] =>
  countries.has(country)
    ? []
    : [{ field, message: `must be a country of ISO 3166-1, in two capital letters, not "${country}"` }];
