import { customDataNotes } from '../../../nodes/RunwayActTwo/execution/customData';

function contextOf(customData: Record<string, string>, set?: () => void) {
	const warnings: string[] = [];
	const context = {
		logger: { warn: (line: string) => warnings.push(line) },
		getWorkflowDataProxy: () => ({
			$execution: {
				customData: {
					get: (key: string) => customData[key],
					set: set ?? ((key: string, value: string) => (customData[key] = value)),
				},
			},
		}),
	};
	return { note: customDataNotes(context as never), warnings };
}

const IDS = Array.from({ length: 60 }, (_, index) => `${index}`.padStart(36, '0'));

it('IDs go into custom data as far as n8n takes them, the others into n8n’s log', () => {
	const customData: Record<string, string> = {};
	const { note, warnings } = contextOf(customData);
	for (const id of IDS) note(id);
	const entries = Object.values(customData);
	expect(entries).toHaveLength(6);
	expect(entries.every((entry) => entry.length <= 255)).toBe(true);
	expect(entries.join(' ').split(' ')).toEqual(IDS.slice(0, 36));
	expect(warnings).toHaveLength(24);
	for (const [index, id] of IDS.slice(36).entries()) expect(warnings[index]).toContain(id);
});

it('an n8n that takes none of them loses no ID either', () => {
	const { note, warnings } = contextOf({}, () => {
		throw new Error('Not allowed');
	});
	note('g');
	expect(warnings).toEqual([expect.stringContaining('g')]);
});
