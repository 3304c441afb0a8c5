import { isMediaOfType, mediaType } from '../../../nodes/RunwayActTwo/media/fileType';

describe('files by their own signature', () => {
	const iso = (brand: string) => Buffer.from(`\0\0\0\x20ftyp${brand}0000`, 'latin1');

	it.each([
		['image/jpeg', Buffer.from('\xff\xd8\xff\xe0', 'latin1')],
		['image/png', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1')],
		['image/webp', Buffer.from('RIFF0000WEBP', 'latin1')],
		['video/mp4', iso('isom')],
		['video/quicktime', iso('qt  ')],
		['video/webm', Buffer.from('\x1a\x45\xdf\xa3', 'latin1')],
		['video/ogg', Buffer.from('OggS')],
		[undefined, iso('heic')],
		[undefined, iso('M4A ')],
		[undefined, Buffer.from('GIF89a')],
		[undefined, Buffer.from('%PDF-1.7')],
		[undefined, Buffer.from('<!doctype html>')],
		[undefined, Buffer.alloc(0)],
	])('%s', (type, head) => {
		expect(mediaType(head)).toBe(type);
	});

	it('suit only the kind that is wanted', () => {
		expect(isMediaOfType('image/png', 'image')).toBe(true);
		expect(isMediaOfType('image/png', 'video')).toBe(false);
		expect(isMediaOfType(undefined, 'video')).toBe(false);
	});
});
