import { type ComponentChildren, createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { failureOf } from '../failure.ts';
import { Problem } from './problem.tsx';

/** What was typed, by the names of the fields, without spaces around it; empty fields are left out. */
export type Typed = Readonly<Record<string, string>>;

/** What of a mutation a form needs. */
interface Sending {
  readonly isPending: boolean;
  readonly error: unknown;
  /** What was sent last. */
  readonly variables: Typed | undefined;
  readonly mutate: (typed: Typed) => void;
}

const SendingOfForm = createContext<Sending | undefined>(undefined);

interface FormProps {
  /** While it sends, nothing more is sent. What goes wrong, `Submit` and the fields say. */
  readonly sending: Sending;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly label?: string;
}

export function Form({ sending, children, label, class: className = 'stack' }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!sending.isPending) sending.mutate(typedIn(event.currentTarget as HTMLFormElement));
  };
  return (
    <form class={className} aria-label={label} onSubmit={submit}>
      <SendingOfForm.Provider value={sending}>{children}</SendingOfForm.Provider>
    </form>
  );
}

function typedIn(form: HTMLFormElement): Typed {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** The button of a form, and above it why it could not be sent. */
export function Submit({ class: className = 'main', children }: Pick<PressProps, 'class' | 'children'>) {
  const { isPending = false, error, variables, mutate } = useContext(SendingOfForm) ?? {};
  return (
    <>
      <Problem error={error} onRetry={() => variables && mutate?.(variables)} />
      <Press class={className} busy={isPending}>
        {children}
      </Press>
    </>
  );
}

interface FieldProps extends JSX.InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly name: string;
  /** How the API calls the field; its name, unless told. */
  readonly path?: string;
  readonly hint?: string;
  readonly class?: string;
}

/** A labelled input, with what the API says is wrong with it. */
export function Field({ label, name, path = name, hint, class: className = '', ...input }: FieldProps) {
  const { error } = useContext(SendingOfForm) ?? {};
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
