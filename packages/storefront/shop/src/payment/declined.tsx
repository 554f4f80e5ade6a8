import { Problem } from '../parts/problem.tsx';

/** The bank, or Stripe, has refused; the message is theirs, for the customer. */
export class Declined extends Error {}

/** Why a payment did not go through. Another try is as good as the first. */
export function PaymentProblem({ error }: { error: unknown }) {
  if (!(error instanceof Declined)) return <Problem error={error} />;
  return (
    <p class="note bad" role="alert">
      {error.message}
    </p>
  );
}
