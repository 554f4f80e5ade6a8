import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { failureOf } from '../failure.ts';
import { Field, Form, Submit, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { signIn } from '../session.ts';
import { nextPath } from './next-path.ts';

export function SignInPage() {
  const [params] = useSearchParams();
  const [, navigate] = useLocation();
  const [asksForCode, askForCode] = useState(false);
  const login = useMutation({
    mutationFn: ({ email = '', password = '', code }: Typed) =>
      signIn({
        email,
        password,
        ...(code && (/^\d{6}$/.test(code) ? { totp: code } : { recoveryCode: code })),
      }),
    onError: (error) => {
      if (failureOf(error).code === 'second-factor-required') askForCode(true);
    },
    onSuccess: () => navigate(nextPath(params), { replace: true }),
  });
  return (
    <Page title="Sign in">
      <Form class="card narrow stack" sending={login}>
        <Field label="Email" name="email" type="email" autocomplete="username" required />
        <Field label="Password" name="password" type="password" autocomplete="current-password" required />
        {asksForCode && <Field label="Code" name="code" autocomplete="one-time-code" required path="totp" />}
        <Submit>Sign in</Submit>
        <p>
          <Link href="/forgot-password">Forgot your password?</Link>
        </p>
        <p>
          New here? <Link href={`/register?${params}`}>Make an account</Link>
        </p>
      </Form>
      <p class="soft">You can buy without an account, too.</p>
    </Page>
  );
}
