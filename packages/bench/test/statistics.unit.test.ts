import { median, percentile } from '../src/statistics.ts';

it.each([
  [[3], 50, 3],
  [[4, 1, 3, 2], 50, 2],
  [[5, 1, 3], 50, 3],
  [[1, 2, 3, 4], 99, 4],
  [[1, 2, 3, 4], 1, 1],
  [[], 50, Number.NaN],
])('of %j the percentile %d is %d, by the nearest rank', (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

it('has the median as the 50th percentile', () => {
  expect(median([10, 30, 20])).toBe(20);
});
