import { orThrow } from '@shop/client';
import { useMutation } from '@tanstack/preact-query';
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useLinkToken } from './use-link-token.ts';

/** Where the link in the mail to a new account leads. */
export function VerifyEmailPage() {
  const token = useLinkToken();
  const verify = useMutation({ mutationFn: () => orThrow(shop.verifyEmail({ body: { token } })) });
  useEffect(() => verify.mutate(), []);
  return (
    <Page title="Your email">
      <Problem error={verify.error} onRetry={verify.mutate} />
      <p role="status">{verify.isPending && 'One moment…'}</p>
      {verify.isSuccess && (
        <p class="note">
          Thank you, your email is confirmed. <Link href="/account">Your account</Link>
        </p>
      )}
    </Page>
  );
}
