import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { Link, useLocation } from 'wouter-preact';
import { type Me, shop } from '../api.ts';
import { Press } from '../parts/form.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { isCustomer, signOut, useMe } from '../session.ts';
import { Addresses } from './addresses.tsx';

export function AccountPage() {
  const me = useMe();
  return (
    <Page title="Your account">
      <Loaded query={me}>
        {(known) =>
          isCustomer(known) ? (
            <>
              <Profile me={known} />
              <Addresses />
            </>
          ) : (
            <p>
              <Link href="/sign-in?next=/account">Sign in</Link>, or{' '}
              <Link href="/register?next=/account">make an account</Link>: it keeps your cart and your orders.
            </p>
          )
        }
      </Loaded>
    </Page>
  );
}

function Profile({ me: { username, email, emailVerified } }: { me: Me }) {
  const [, navigate] = useLocation();
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => navigate('/') });
  return (
    <section class="card narrow stack">
      <h2>{username}</h2>
      <p>{email}</p>
      {!emailVerified && <ConfirmEmail />}
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
