import type { ComponentChildren, JSX } from 'preact';
import { failureOf } from '../failure.ts';

/** What was typed, by the names of the fields, without spaces around it; empty fields are left out. */
export type Typed = Readonly<Record<string, string>>;

interface FormProps {
  /** While it is being sent, nothing more is. */
  readonly busy: boolean;
  readonly onSubmit: (typed: Typed) => void;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly label?: string;
}

export function Form({ busy, onSubmit, children, label, class: className = 'stack' }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!busy) onSubmit(typedIn(event.currentTarget as HTMLFormElement));
  };
  return (
    <form class={className} aria-label={label} onSubmit={submit}>
      {children}
    </form>
  );
}

function typedIn(form: HTMLFormElement): Typed {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

interface FieldProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly name: string;
  /** What the request threw: a message about this field stands beside it. */
  readonly error?: unknown;
  /** How the API calls the field; its name, unless told. */
  readonly path?: string;
  readonly hint?: string;
  readonly class?: string;
}

/** A labelled input, with what the API says is wrong with it. */
export function Field({
  label,
  name,
  error,
  path = name,
  hint,
  class: className = '',
  ...input
}: FieldProps) {
  const wrong = error ? failureOf(error).errors.find(({ field }) => field === path)?.message : undefined;
  const described = [hint && `${name}-hint`, wrong && `${name}-wrong`].filter(Boolean).join(' ');
  return (
    <div class={`field ${className}`}>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        aria-invalid={!!wrong}
        aria-describedby={described || undefined}
        {...input}
      />
      {hint && (
        <span id={`${name}-hint`} class="soft small">
          {hint}
        </span>
      )}
      {wrong && (
        <span id={`${name}-wrong`} class="wrong">
          {label} {wrong}
        </span>
      )}
    </div>
  );
}

interface PressProps {
  readonly busy?: boolean;
  /** Without it, the button submits its form. */
  readonly onPress?: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A button that does nothing while it is busy, and keeps the focus: a disabled one would lose it. */
export function Press({ busy = false, onPress, class: className, children }: PressProps) {
  return (
    <button
      type={onPress ? 'button' : 'submit'}
      class={className}
      aria-disabled={busy}
      onClick={() => !busy && onPress?.()}
    >
      {children}
    </button>
  );
}
