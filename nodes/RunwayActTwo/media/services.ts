import type { IExecuteFunctions } from 'n8n-workflow';

import type { AimlapiClient } from '../aimlapi/client';
import type { Model } from '../aimlapi/model';
import type { Clock } from '../time/clock';
import type { LinkChecker } from './linkCheck';

/** What this folder needs of an execution. */
export interface MediaServices {
	context: IExecuteFunctions;
	model: Model;
	client: Pick<AimlapiClient, 'getGeneration'>;
	linkChecker: LinkChecker;
	hints: {
		linkNotChecked(link: string, reason: string): void;
		remark(sentence: string): void;
	};
	clock: Clock;
	/** Ends with the execution. */
	signal: AbortSignal;
}
