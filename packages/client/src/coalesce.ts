/** Calls that come within one turn become one, at its end. */
export function coalesce(run: () => void): () => void {
  let isDue = false;
  return () => {
    if (!isDue) {
      queueMicrotask(() => {
        isDue = false;
        run();
      });
    }
    isDue = true;
  };
}
