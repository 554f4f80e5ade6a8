export { createPaymentService, type PaymentServiceDeps } from './app.ts';
export { type PaymentConfig, readConfig } from './config.ts';
export { document } from './generated/openapi.ts';
