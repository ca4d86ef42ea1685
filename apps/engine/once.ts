/** A value that is made when it is first asked for, and then kept. */
export function once<T>(make: () => T): () => T {
  let held: { readonly value: T } | null = null;
  return () => {
    held ??= { value: make() };
    return held.value;
  };
}
