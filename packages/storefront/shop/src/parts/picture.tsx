interface Props {
  readonly url: string | null | undefined;
  /** What it shows; nothing where the name stands beside it. */
  readonly alt?: string;
  readonly eager?: boolean;
}

/** A product's picture; its place keeps its size before and without one. */
export function Picture({ url, alt = '', eager = false }: Props) {
  if (!url) return <div class="picture" />;
  return (
    <img class="picture" src={url} alt={alt} width="600" height="600" loading={eager ? 'eager' : 'lazy'} />
  );
}
