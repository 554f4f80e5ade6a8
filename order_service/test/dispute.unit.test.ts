import { closedDisputes, isNews, openDisputes } from '../src/domain/dispute.ts';

it('is news when it is the first that is heard of a dispute', () => {
  for (const status of [...openDisputes, ...closedDisputes, 'of_tomorrow'])
    expect(isNews(undefined, status)).toBe(true);
});

it.each([
  ['warning_needs_response', 'warning_under_review'],
  ['warning_under_review', 'warning_closed'],
  ['warning_closed', 'needs_response'],
  ['needs_response', 'under_review'],
  ['needs_response', 'of_tomorrow'],
  ['under_review', 'won'],
  ['lost', 'won'],
])('goes from %s to %s', (known, status) => expect(isNews(known, status)).toBe(true));

it.each([
  ['won', 'won'],
  ['won', 'needs_response'],
  ['lost', 'under_review'],
  ['under_review', 'needs_response'],
  ['needs_response', 'warning_closed'],
])('does not go from %s to %s', (known, status) => expect(isNews(known, status)).toBe(false));
