/**
 * Why a test run failed of which no single test did.
 *
 * @param {{ filters: readonly string[], tests: number | null }} run the filters it was given, and
 *   how many tests it found; null when it left no results
 */
export function runProblem({ filters, tests }) {
  if (tests === 0 && filters.length > 0) {
    const names = filters.map((filter) => `'${filter}'`).join(' or ');
    return `no test file matches ${names}: a filter is a part of a test file's path`;
  }
  return 'no single test failed, but the run did (coverage, or an error above)';
}
