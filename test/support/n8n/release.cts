import type { Release } from './cache.cts';

/** The release to run; `npm run test:e2e` runs the newest, `N8N_RELEASE` chooses another. */
export const RELEASE = (process.env.N8N_RELEASE ?? '2.41.1') as Release;
