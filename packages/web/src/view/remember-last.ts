/**
 * The same function, which computes only when one of its arguments is another one (another object,
 * that is): for what is asked for at each move of the pointer and changes once a second.
 */
export function rememberLast<Args extends readonly unknown[], Value>(
  compute: (...args: Args) => Value,
): (...args: Args) => Value {
  let last: { readonly args: Args; readonly value: Value } | null = null;
  return (...args) => {
    if (!last?.args.every((arg, i) => Object.is(arg, args[i]))) {
      last = { args, value: compute(...args) };
    }
    return last.value;
  };
}
