/**
 * What Stripe documents of currencies, in its own units: https://docs.stripe.com/currencies, read in November 2026.
 * ISO 4217 has the rest. docs/decisions/0014-one-rule-of-money.md says how the two were put together.
 */

/** The least that Stripe charges, of the currencies for which it says so. */
export const documentedMinimums: Readonly<Record<string, number>> = {
  ...{
    aed: 200,
    ars: 50,
    aud: 50,
    brl: 50,
    cad: 50,
    chf: 50,
    cop: 50,
    czk: 1_500,
    dkk: 250,
    eur: 50,
    gbp: 30,
  },
  ...{ hkd: 400, huf: 17_500, idr: 50, ils: 50, inr: 50, jpy: 50, krw: 50, mxn: 1_000, myr: 200, nok: 300 },
  ...{ nzd: 50, php: 50, pln: 200, ron: 200, rub: 50, sek: 300, sgd: 50, thb: 1_000, usd: 50, zar: 50 },
};

/**
 * The other currencies that it takes, by an amount (in whole units) that is worth about one dollar or more. Stripe
 * converts these and asks for half a dollar, so a rate may halve before the amount is too small.
 */
export const worthADollar: readonly (readonly [amount: number, currencies: string])[] = [
  [0.5, 'bhd kwd omr'],
  [1, 'bmd bsd fkp gip jod kyd pab shp'],
  [2, 'awg azn bam bbd bnd bzd xcg'],
  [5, 'byn fjd gel pen pgk qar sar tnd top wst xcd'],
  [10, 'bob cny gtq mad mop sbd tjs ttd'],
  [20, 'bwp lsl mdl mvr nad scr szl'],
  [50, 'egp hnl mur nio sle srd twd uah uyu zmw'],
  [100, 'afn all cve dop gmd kgs mkd mzn try'],
  [200, 'bdt djf dzd etb htg isk jmd kes lrd npr rsd vuv xpf'],
  [500, 'amd gyd kmf lkr pkr yer'],
  [1_000, 'aoa clp crc kzt sos xaf xof'],
  [2_000, 'mwk ngn rwf'],
  [5_000, 'bif cdf khr mga mmk mnt tzs ugx'],
  [10_000, 'gnf pyg'],
  [20_000, 'uzs'],
  [50_000, 'lak vnd'],
  [100_000, 'lbp'],
];

/** Eight digits, except in currencies that need more. */
export const largestCharge = 99_999_999;
export const largerCharges: Readonly<Record<string, number>> = {
  cop: 9_999_999_999,
  huf: 9_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
  jpy: 9_999_999_999,
  lbp: 99_999_999_999,
};

/** Decimals that are not those of ISO 4217: amounts of the first two have two, for compatibility, which must be 00. */
export const decimalsAtStripe: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** Amounts must be a multiple: no fractions of these; and of currencies with three decimals, the last is 0. */
export const stepsAtStripe: Readonly<Record<string, number>> = { isk: 100, ugx: 100 };
export const stepOfThreeDecimals = 10;
