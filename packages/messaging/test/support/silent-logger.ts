import { createLogger, type Logger } from '@shop/service-kit';

export const silent: Logger = createLogger({
  name: 'test',
  level: 'silent',
  destination: { write: () => {} },
});
