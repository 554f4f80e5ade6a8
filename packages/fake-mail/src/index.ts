export { createFakeMail, type FakeMail } from './fake-mail.ts';
export type { ReceivedMail } from './mailbox.ts';
