import { fields } from '@shop/contracts';
import type { RequestParamHandler } from 'express';
import { orderNotFound } from '../services/order.service.ts';

const wellFormed = new RegExp(fields.orderNumber.pattern);

/** What cannot be an order number is the number of no order; PostgreSQL refuses to look for some of them. */
export const refuseImpossible: RequestParamHandler = (_req, _res, next, orderNumber) => {
  if (!wellFormed.test(orderNumber)) throw orderNotFound();
  next();
};
