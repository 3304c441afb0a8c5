import type { INodeProperties } from 'n8n-workflow';

/** What a generation is made of. */
export const generationFields: INodeProperties[] = [
	{
		displayName: 'Character Type',
		name: 'characterType',
		type: 'options',
		options: [
			{
				name: 'Image',
				value: 'image',
				description: 'The character performs in the still scene of the image',
			},
			{
				name: 'Video',
				value: 'video',
				description: 'The character performs in the moving scene of the video',
			},
		],
		default: 'image',
		description: 'What shows the character. A face must be visible and stay within the frame.',
	},
	...source(
		'character',
		'Character',
		'e.g. https://example.com/character.jpg',
		'The image or video of the character to animate',
	),
	...source(
		'reference',
		'Reference Video',
		'e.g. https://example.com/performance.mp4',
		'The performance to transfer: a video of 3 to 30 seconds with one person',
	),
	{
		displayName: 'Frame Size',
		name: 'frameSize',
		type: 'options',
		options: [
			{ name: 'Landscape 16:9 (1280 × 720)', value: '1280:720' },
			{ name: 'Landscape 4:3 (1104 × 832)', value: '1104:832' },
			{ name: 'Portrait 3:4 (832 × 1104)', value: '832:1104' },
			{ name: 'Portrait 9:16 (720 × 1280)', value: '720:1280' },
			{ name: 'Small Landscape 16:9 (848 × 480)', value: '848:480' },
			{ name: 'Small Landscape 4:3 (640 × 480)', value: '640:480' },
			{ name: 'Square 1:1 (960 × 960)', value: '960:960' },
			{ name: 'Widescreen 21:9 (1584 × 672)', value: '1584:672' },
		],
		default: '1280:720',
		description: 'The size of the video, in pixels',
	},
];

function source(
	name: string,
	field: string,
	placeholder: string,
	description: string,
): INodeProperties[] {
	return [
		{
			displayName: `${field} Source`,
			name: `${name}Source`,
			type: 'options',
			options: [
				{ name: 'URL', value: 'url', description: 'A public link to the file' },
				{ name: 'File', value: 'file', description: 'A file of the incoming item' },
			],
			default: 'url',
		},
		{
			displayName: `${field} URL`,
			name: `${name}Url`,
			type: 'string',
			default: '',
			required: true,
			placeholder,
			description,
			displayOptions: { show: { [`${name}Source`]: ['url'] } },
		},
		{
			displayName: `${field} Input Data Field Name`,
			name: `${name}BinaryPropertyName`,
			type: 'string',
			default: name,
			required: true,
			hint: 'The name of the input field that holds the file',
			description: `${description}. A large file is sent as a temporary link to this n8n, which needs a public https address.`,
			displayOptions: { show: { [`${name}Source`]: ['file'] } },
		},
	];
}
