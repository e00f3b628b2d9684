declare const TIDEGAUGE_PAGE_VERSION: string | undefined;

/** That of the page's package, put in by the build; outside of one nobody knows it. */
export const PAGE_VERSION: string =
  typeof TIDEGAUGE_PAGE_VERSION === 'string' ? TIDEGAUGE_PAGE_VERSION : '';
