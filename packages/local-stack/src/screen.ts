import pc from 'picocolors';
import type { Stack } from './stack.ts';

type Write = (text: string) => void;

/** Prints each step of the boot as it happens, with the time that it took. */
export function showProgress(write: Write): (step: string) => () => void {
  return (step) => {
    const startedAt = performance.now();
    return () => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      write(`  ${pc.green('✓')} ${step.padEnd(18)} ${pc.dim(`${seconds} s`)}\n`);
    };
  };
}

export interface Accounts {
  readonly demo: { readonly email: string; readonly password: string };
  readonly admin: { readonly email: string; readonly password: string };
}

export interface FirstScreen {
  readonly urls: Stack['urls'];
  readonly accounts: Accounts;
  readonly realStripe: boolean;
  readonly databaseUrl: string;
  readonly logFile: string;
  readonly seconds: number;
}

/** What a newcomer sees once the shop runs: where everything is, who to log in as, and what to try next. */
export function firstScreen(screen: FirstScreen): string {
  const { urls, accounts, realStripe, databaseUrl, logFile, seconds } = screen;
  const stripe = realStripe ? 'Stripe, your account' : `${urls.stripe}  (offline; card: pm_card_visa)`;
  const rows: readonly (readonly [string, string])[] = [
    ['storefront API', `${urls.storefront}/api`],
    ['API docs', `${urls.storefront}/docs`],
    ['user_service', urls.user],
    ['catalog_service', urls.catalog],
    ['order_service', urls.order],
    ['payment_service', urls.payment],
    ['Stripe', stripe],
    ['PostgreSQL', databaseUrl.replace(/\/\/[^@]*@/, '//')],
    ['log', logFile],
    ['customer', `${accounts.demo.email} / ${accounts.demo.password}`],
    ['administrator', `${accounts.admin.email} / ${accounts.admin.password}`],
  ];
  const table = rows.map(([name, value]) => `  ${pc.bold(name.padEnd(16))} ${value}`).join('\n');
  return [
    '',
    `${pc.green('The shop is open')} ${pc.dim(`(${seconds.toFixed(1)} s)`)}`,
    '',
    table,
    '',
    `  Try next, in another terminal:  ${pc.cyan('npx pnpm demo')}  or  ${pc.cyan(`curl '${urls.storefront}/api/products?search=headphones'`)}`,
    `  ${pc.dim('Ctrl-C stops everything; your data stays. `npx pnpm start --reset` begins anew.')}`,
    '',
    '',
  ].join('\n');
}
