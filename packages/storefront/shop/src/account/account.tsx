import { orThrow } from '@shop/client';
import { useMutation, useQuery } from '@tanstack/preact-query';
import { Link, useLocation } from 'wouter-preact';
import { shop } from '../api.ts';
import { AddressLines } from '../parts/address-lines.tsx';
import { Press } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { signOut, useMe } from '../session.ts';

export function AccountPage() {
  const { data: me, error } = useMe();
  const [, navigate] = useLocation();
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => navigate('/') });
  const isCustomer = !!me && me.role !== 'guest';
  return (
    <Page title="Your account">
      <Problem error={error} />
      {me && !isCustomer && (
        <p>
          You are here as a guest. <Link href="/register?next=/account">Make an account</Link> to keep your
          orders, or <Link href="/sign-in?next=/account">sign in</Link>.
        </p>
      )}
      {me === null && (
        <p>
          <Link href="/sign-in?next=/account">Sign in</Link> or{' '}
          <Link href="/register?next=/account">make an account</Link>.
        </p>
      )}
      {isCustomer && (
        <section class="card narrow stack">
          <h2>{me.username}</h2>
          <p>{me.email}</p>
          {!me.emailVerified && <ConfirmEmail />}
          <p>
            <Link href="/orders">Your orders</Link>
          </p>
          <div class="row">
            <Press busy={leave.isPending} onPress={() => leave.mutate()}>
              Sign out
            </Press>
          </div>
          <Problem error={leave.error} />
        </section>
      )}
      {isCustomer && <Addresses />}
    </Page>
  );
}

function ConfirmEmail() {
  const ask = useMutation({ mutationFn: () => orThrow(shop.requestEmailVerification()) });
  return (
    <div class="note stack">
      <p role="status">
        {ask.isSuccess
          ? 'A mail with a link is on its way.'
          : 'Confirm your email with the link in the mail that you got.'}
      </p>
      {!ask.isSuccess && (
        <div>
          <Press busy={ask.isPending} onPress={() => ask.mutate()}>
            Send it again
          </Press>
        </div>
      )}
      <Problem error={ask.error} />
    </div>
  );
}

function Addresses() {
  const { data, error, refetch } = useQuery({
    queryKey: ['addresses'],
    queryFn: () => orThrow(shop.listAddresses()),
  });
  const remove = useMutation({
    mutationFn: (id: number) => orThrow(shop.removeAddress({ id })),
    onSettled: () => refetch(),
  });
  return (
    <section class="stack" aria-labelledby="addresses">
      <h2 id="addresses">Addresses</h2>
      <Problem error={error ?? remove.error} onRetry={() => void refetch()} />
      {data?.items.length === 0 && <p class="soft">The next one that you order to is kept here.</p>}
      <ul class="grid">
        {data?.items.map((saved) => (
          <li key={saved.id} class="card stack">
            <AddressLines {...saved} />
            <Press class="plain" busy={remove.isPending} onPress={() => remove.mutate(saved.id)}>
              Remove<span class="unseen"> the address of {saved.name}</span>
            </Press>
          </li>
        ))}
      </ul>
    </section>
  );
}
