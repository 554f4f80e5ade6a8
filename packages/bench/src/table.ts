import pc from 'picocolors';
import type { Measure } from './setting.ts';

const figure = (value: number | undefined, unit = '') =>
  value === undefined ? '' : `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;

/** A line of the table: the shop's figure, the baseline's, their ratio, and the goal. */
export function row({ name, unit, shop, baseline, goal = {} }: Measure): string {
  const ratio = baseline === undefined ? undefined : shop / baseline;
  const met =
    (goal.ratio === undefined || (ratio ?? 0) >= goal.ratio) &&
    (goal.ratioAtMost === undefined || (ratio ?? 0) <= goal.ratioAtMost) &&
    (goal.atMost === undefined || shop <= goal.atMost) &&
    (goal.atLeast === undefined || shop >= goal.atLeast);
  const [wanted] = Object.entries(goal).map(([kind, value]) => `${signs[kind]} ${value}`);
  const cells = [
    name.padEnd(36),
    figure(shop, unit).padStart(14),
    figure(baseline, unit).padStart(14),
    figure(ratio).padStart(8),
  ];
  if (wanted === undefined) return cells.join('');
  return `${cells.join('')}   ${met ? pc.green(wanted) : pc.red(wanted)}`;
}

const signs: Readonly<Record<string, string>> = { ratio: '≥', ratioAtMost: '≤', atMost: '≤', atLeast: '≥' };
