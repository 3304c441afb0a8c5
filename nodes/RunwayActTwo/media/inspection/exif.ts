/** The orientation of a camera's picture. Source: Exif 2.3, TIFF 6.0. */
import { uint } from './bytes';

const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;

/** Whether a picture is shown turned by a quarter: orientations 5 to 8. */
export function isTurnedByExif(data: Buffer): boolean {
	const tiff = data.toString('latin1', 0, 6) === 'Exif\0\0' ? data.subarray(6) : data;
	const isLittle = tiff.toString('latin1', 0, 4) === 'II*\0';
	if (!isLittle && tiff.toString('latin1', 0, 4) !== 'MM\0*') return false;
	const number = (at: number, bytes: number) =>
		isLittle
			? uint(Buffer.from(tiff.subarray(at, at + bytes)).reverse(), 0, bytes)
			: uint(tiff, at, bytes);
	const directory = number(4, 4);
	const end = Math.min(tiff.length, directory + 2 + number(directory, 2) * ENTRY_BYTES);
	for (let at = directory + 2; at < end; at += ENTRY_BYTES) {
		if (number(at, 2) === ORIENTATION) return number(at + 8, 2) >= 5 && number(at + 8, 2) <= 8;
	}
	return false;
}
