import { corpus } from './corpus.cts';

/** Before the test files start side by side, so that only one of them would make the corpus. */
export default function prepare(): void {
	corpus();
}
