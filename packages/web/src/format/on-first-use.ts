/** Formatters are slow to build, and some are never asked for. */
export function onFirstUse<Value>(build: () => Value): () => Value {
  let built: Value | undefined;
  return () => {
    built ??= build();
    return built;
  };
}
