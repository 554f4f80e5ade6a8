import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { openShop, type TestShop } from './support/shop.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const document = parse(readFileSync(`${root}docs/alerts.yaml`, 'utf8')) as {
  groups: { rules: Alert[] }[];
};
const alerts = document.groups.flatMap(({ rules }) => rules);

/** The text of each node of that name in an expression; of `⚠`, what Prometheus's grammar does not know. */
function nodesOf(expression: string, wanted: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, type, from, to }) => {
      if (name === wanted || (wanted === '⚠' && type.isError)) found.push(expression.slice(from, to));
    },
  });
  return found;
}

/** Each metric with the labels of its samples. */
function metricsOf(texts: readonly string[]) {
  const metrics = new Map<string, Set<string>>();
  for (const line of texts.join('\n').split('\n')) {
    const [, declared] = /^# TYPE (\w+) /.exec(line) ?? [];
    if (declared !== undefined) metrics.set(declared, metrics.get(declared) ?? new Set());
    const [, name = '', labels = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) metrics.get(name)?.add(label);
  }
  return metrics;
}

let shop: TestShop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop?.close());

it.each(alerts)('the alert $alert is about metrics and labels that the services have', async ({ expr }) => {
  const services = ['user', 'catalog', 'order', 'payment'] as const;
  const metrics = metricsOf(await Promise.all(services.map(shop.metrics)));
  expect(nodesOf(expr, '⚠')).toEqual([]);
  const names = nodesOf(expr, 'VectorSelector').map((selector) => selector.replace(/\{.*/s, ''));
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !metrics.has(name))).toEqual([]);
  // Gauges that have nothing to show have no labels.
  const known = names.flatMap((name) => [...(metrics.get(name) ?? [])]);
  const areShown = names.every((name) => metrics.get(name)?.size);
  expect(nodesOf(expr, 'LabelName').filter((label) => areShown && !known.includes(label))).toEqual([]);
});

it.each(alerts)('the alert $alert says what is wrong and what to do', ({ alert, labels, annotations }) => {
  expect(labels.severity).toMatch(/^(critical|warning)$/);
  expect(annotations.summary).toMatch(/\.$/);
  expect(existsSync(`${root}${annotations.runbook_url}`)).toBe(true);
  expect(readFileSync(`${root}${annotations.runbook_url}`, 'utf8').split('\n')[0]).toContain(alert);
});

it('each runbook is that of an alert', () => {
  const linked = alerts.map(({ annotations }) => annotations.runbook_url.replace('docs/runbooks/', ''));
  expect([...new Set(linked)].sort()).toEqual(readdirSync(`${root}docs/runbooks`).sort());
});
