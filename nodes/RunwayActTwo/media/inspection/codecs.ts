/** Codecs of videos. Source of what Runway takes: https://docs.dev.runwayml.com/assets/inputs/ */

const LISTED =
	/^(avc[1-4]|[hx]264|hvc[123]|hev[123]|hevc|h265|dv(h[1e]|a[1v])|av01|vp[089][089]|ap(4[hx]|c[hnos])|V_MPEG4\/ISO\/AVC|V_MPEGH\/ISO\/HEVC|V_AV1|V_VP[89]|V_PRORES|V_THEORA)$/i;

const NAMES: Array<[code: RegExp, name: string]> = [
	[/^(jpeg|mjp[ab2]|mjpg|dmb1|V_MJPEG)$/i, 'Motion JPEG'],
	[/^rle $/, 'QuickTime Animation'],
	[/^(mp4v|divx|xvid|dx50|fmp4|mp4s|V_MPEG4\/.*)$/i, 'MPEG-4 Part 2'],
	[/^(s263|h263|u263)$/i, 'H.263'],
	[/^(mp[12]v|mpeg|m2v1|mpg[12]|hdv\d|xdv\w|mx[345][np]|V_MPEG[12])$/i, 'MPEG-2'],
	[/^svq[13]$/i, 'Sorenson Video'],
	[/^cvid$/i, 'Cinepak'],
	[/^(dv..|dvsd)$/i, 'DV'],
	[/^avd[nh]$/i, 'DNxHD'],
	[/^cfhd$/i, 'CineForm'],
	[/^(png |V_PNG)$/, 'PNG'],
	[/^(vvc1|vvi1)$/, 'VVC'],
	[/^(raw |2vuy|yuv2|v210|V_UNCOMPRESSED)$/i, 'uncompressed'],
	[/^(ffv1|V_FFV1)$/i, 'FFV1'],
	[/^(enc[vt]|drmi)$/, 'encrypted'],
];

/**
 * What people call a codec that Runway does not list, by its code in MP4, MOV, AVI or Matroska.
 * @returns undefined for those it lists, and where the code says nothing
 */
export function unlistedCodec(code: string): string | undefined {
	if (LISTED.test(code)) return undefined;
	const name = NAMES.find(([pattern]) => pattern.test(code))?.[1];
	return name ?? (/^[\w /.-]+$/.test(code) ? code.replace(/^V_/, '').trim() : undefined);
}
