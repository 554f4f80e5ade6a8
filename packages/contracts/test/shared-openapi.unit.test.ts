import { readFileSync } from 'node:fs';
import { cancelReasons, fields, orderStatuses, roles, shortageSchema } from '@shop/contracts';
import { parse } from 'yaml';

const { components } = parse(readFileSync(new URL('../openapi/shared.yaml', import.meta.url), 'utf8'));

it.each([
  ['Id', fields.id],
  ['OrderNumber', fields.orderNumber],
  ['Amount', fields.amount],
  ['Currency', fields.currency],
  ['KnownCurrency', fields.knownCurrency],
  ['Quantity', fields.quantity],
  ['Stock', fields.stock],
  ['OrderStatus', { type: 'string', enum: orderStatuses }],
  ['CancelReason', { type: 'string', enum: cancelReasons }],
  ['Shortage', shortageSchema],
  ['Role', { type: 'string', enum: roles }],
])('HTTP and events have the same rules for %s', (name, field) => {
  const { description: _, examples: __, ...rules } = components.schemas[name];
  expect(rules).toEqual(field);
});
