import PostalMime from 'postal-mime';

export interface ReceivedMail {
  /** Counts from 1, in the order in which they came. */
  readonly id: number;
  readonly messageId: string;
  /** Whom the server was told to give it to, whatever its header says. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  /** RFC 3339 UTC. */
  readonly receivedAt: string;
}

/** So many are kept; the oldest go. */
export const mostMails = 200;

/** The mails of all addresses, in memory only. */
export function createMailbox() {
  let mails: readonly ReceivedMail[] = [];
  let last = 0;
  return {
    add: async (raw: Buffer, to: readonly string[]): Promise<void> => {
      const { messageId = '', from, subject = '', text = '' } = await PostalMime.parse(raw);
      const receivedAt = new Date().toISOString();
      last += 1;
      const mail = { id: last, messageId, to, from: from?.address ?? '', subject, text, receivedAt };
      mails = [mail, ...mails].slice(0, mostMails);
    },
    /** Newest first. @param to only those that were sent there */
    list: (to?: string): readonly ReceivedMail[] =>
      to === undefined ? mails : mails.filter((mail) => mail.to.includes(to)),
  };
}

export type FakeMailbox = ReturnType<typeof createMailbox>;
