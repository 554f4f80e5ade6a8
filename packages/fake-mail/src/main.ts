import { runService } from '@shop/service-kit';
import { readConfig } from './config.ts';
import { createFakeMail } from './fake-mail.ts';

await runService(process, {
  name: 'fake-mail',
  readConfig,
  createService: (config) => {
    const { start, stop } = createFakeMail();
    return { start: () => start(config), stop };
  },
});
