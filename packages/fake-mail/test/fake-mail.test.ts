import { createTransport } from 'nodemailer';
import { createFakeMail } from '../src/index.ts';

let mail: ReturnType<typeof createFakeMail>;
let url: string;
let send: (message: object) => Promise<unknown>;
let close: () => void;

beforeEach(async () => {
  mail = createFakeMail();
  const started = await mail.start();
  url = started.url;
  const transport = createTransport({
    url: started.smtpUrl,
    pool: true,
    maxConnections: 1,
    maxMessages: 1_000,
  });
  close = () => transport.close();
  send = (message) => transport.sendMail({ from: 'Shop <shop@shop.test>', ...message });
});
afterEach(() => {
  close();
  return mail.stop();
});

const textOf = async (path: string) => (await fetch(`${url}${path}`)).text();

it('shows the mails that it takes, newest first, as a page and as JSON', async () => {
  await send({ to: 'ada@mail.test', subject: 'Grüße', text: 'Open https://shop.test/a#token=x1\n' });
  await send({ to: 'eva@mail.test', subject: 'Second', text: 'b' });
  const { items } = JSON.parse(await textOf('/mails'));
  expect(items).toMatchObject([
    { to: ['eva@mail.test'], subject: 'Second' },
    { to: ['ada@mail.test'], from: 'shop@shop.test', subject: 'Grüße', receivedAt: expect.any(String) },
  ]);
  expect(JSON.parse(await textOf('/mails?to=ada@mail.test')).items).toEqual([items[1]]);
  expect(await textOf('/')).toContain('<a href="https://shop.test/a#token=x1">');
});

it('shows what a mail says, and runs none of it', async () => {
  await send({ to: 'ada@mail.test', subject: '<script>1</script>', text: '"><img src=x onerror=alert(1)>' });
  const page = await textOf('/');
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<img/);
});

it('keeps the newest 200, and takes none of more than 100 kB', async () => {
  for (let n = 1; n <= 201; n += 1) await send({ to: 'ada@mail.test', subject: `Mail ${n}`, text: 'x' });
  const subjects = mail.mails().map(({ subject }) => subject);
  expect([subjects.length, subjects[0], subjects.at(-1)]).toEqual([200, 'Mail 201', 'Mail 2']);
  const large = send({ to: 'ada@mail.test', subject: 'Large', text: 'x'.repeat(100_001) });
  await expect(large).rejects.toMatchObject({ responseCode: 552 });
});

it('refuses mails when it is told to', async () => {
  mail.refuse(451);
  await expect(send({ to: 'ada@mail.test', text: 'x' })).rejects.toMatchObject({ responseCode: 451 });
  mail.refuse(undefined);
  await send({ to: 'ada@mail.test', text: 'x' });
  expect(mail.mails()).toHaveLength(1);
});
