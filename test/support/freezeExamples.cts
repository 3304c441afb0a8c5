import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { readManifest } from './npm/pack.cts';

/** At a release: the examples as users of this version got them, to be run by all later tests. */
const folder = join('test/frozen', readManifest().version);
if (existsSync(folder)) throw new Error(`${folder} exists: a release's examples are never edited`);
cpSync('examples', folder, { recursive: true });
console.log(`Examples copied to ${folder}`);
