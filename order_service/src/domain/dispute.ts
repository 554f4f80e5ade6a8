/** Stripe's words for how far a dispute is. One that is not here is taken for an open one. */
const stages: Readonly<Record<string, number>> = {
  warning_needs_response: 1,
  warning_under_review: 2,
  warning_closed: 3,
  needs_response: 4,
  under_review: 5,
  prevented: 6,
  won: 6,
  lost: 6,
};
const unknownStage = 4;

/** Those that metrics show even when there are none. */
export const openDisputes = [
  'warning_needs_response',
  'warning_under_review',
  'needs_response',
  'under_review',
] as const;

/** Of these there is nothing to do any more. */
export const closedDisputes = ['warning_closed', 'prevented', 'won', 'lost'] as const;

/**
 * Whether a dispute has come so far. What was published at the same moment by two instances may arrive in the wrong
 * order: then the earlier stage is old news.
 */
export const isNews = (known: string | undefined, status: string): boolean =>
  known === undefined || (known !== status && stageOf(status) >= stageOf(known));

const stageOf = (status: string) => stages[status] ?? unknownStage;
