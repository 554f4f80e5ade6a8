export { countryFaults } from './countries.ts';
export * from './events.ts';
export * as fields from './fields.ts';
export * from './http.ts';
export * from './orders.ts';
export * from './shortage.ts';
export * from './topics.ts';
