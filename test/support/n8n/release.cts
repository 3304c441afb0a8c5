/** The releases of n8n that the node is proven in, the newest first. */
export const RELEASES = ['2.41.1', '1.123.81'] as const;

export type Release = (typeof RELEASES)[number];

export const NEWEST_RELEASE: Release = RELEASES[0];

/** The release to run; `npm run test:e2e` runs the newest, `N8N_RELEASE` chooses another. */
export const RELEASE = (process.env.N8N_RELEASE ?? NEWEST_RELEASE) as Release;
