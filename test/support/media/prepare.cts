import { corpus } from './corpus.cts';
import { prepareKinds } from './kinds.cts';

/** Before the test files start side by side, so that only one of them would make the corpus. */
export default async function prepare(): Promise<void> {
	corpus();
	await prepareKinds();
}
