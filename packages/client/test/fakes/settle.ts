/** Lets everything happen that was only waiting for its turn: promises, answers of the fakes. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
