import { useMutation } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { failureOf } from '../failure.ts';
import { Field, Form, Press, type Typed } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
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
      <Form class="card narrow stack" busy={login.isPending} onSubmit={login.mutate}>
        <Field label="Email" name="email" type="email" autocomplete="username" required error={login.error} />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error={login.error}
        />
        {asksForCode && (
          <Field
            label="Code"
            name="code"
            autocomplete="one-time-code"
            required
            error={login.error}
            path="totp"
          />
        )}
        <Problem error={login.error} />
        <Press class="main" busy={login.isPending}>
          Sign in
        </Press>
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
