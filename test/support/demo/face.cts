const SCENE_WIDTH = 848;
const HEIGHT = 480;

/** How a face is held at one moment; angles in degrees, the rest from 0 to 1 or from -1 to 1. */
export interface Pose {
	tilt: number;
	turn: number;
	nod: number;
	brow: number;
	/** 1 is open. */
	eyes: number;
	gaze: number;
	mouth: number;
	smile: number;
}

/** As long as a performance has to be at least. */
export const PERFORMANCE_S = 3;
const BLINKS_S = [0.8, 1.75, 2.7];
const BLINK_S = 0.09;

/**
 * Somebody who speaks, looks about, is surprised and smiles.
 * @param seconds from 0 to PERFORMANCE_S; the last pose is the first, so that the video can go round
 */
export function poseAt(seconds: number): Pose {
	const turn = (times: number, offset = 0) =>
		Math.sin((seconds / PERFORMANCE_S) * 2 * Math.PI * times + offset);
	const bump = (at: number, width: number) => Math.exp(-(((seconds - at) / width) ** 2));
	const blink = Math.max(...BLINKS_S.map((at) => bump(at, BLINK_S)));
	const surprise = bump(2.15, 0.26);
	const speech = 0.5 + 0.3 * turn(7) + 0.25 * turn(11, 1);
	return {
		tilt: 7 * turn(1) + 2.5 * turn(3, 0.5),
		turn: 0.7 * turn(1, 0.6) + 0.25 * turn(2),
		nod: 0.5 * turn(2, 1) - 0.7 * surprise,
		brow: 0.2 + 0.25 * turn(3) + 0.8 * surprise,
		eyes: Math.max(0.06, 1 - blink + 0.25 * surprise),
		gaze: 0.8 * turn(1, 0.9),
		mouth: Math.max(
			0.03,
			Math.min(1, speech * (1 - bump(0, 0.25) - bump(PERFORMANCE_S, 0.25)) + 0.4 * surprise),
		),
		smile: 0.5 + 0.4 * turn(1, 2.4) - 0.6 * surprise,
	};
}

/** Faces are drawn around the origin, some 300 pixels high. */
interface Skin {
	scene: string;
	body: (pose: Pose) => string;
	/** What moves with the head, from the back to the front. */
	head: (pose: Pose) => string;
	/** How much of the scene is seen: its width, around the middle. */
	width: number;
	size: number;
}

const eye = (x: number, y: number, radius: number, pose: Pose, iris: string) => {
	const shift = pose.gaze * radius * 0.32 + pose.turn * radius * 0.15;
	const open = Math.min(1.15, pose.eyes);
	return `<g transform="translate(${x} ${y}) scale(1 ${open})">
		<ellipse rx="${radius}" ry="${radius * 1.12}" fill="#fff"/>
		<circle cx="${shift}" r="${radius * 0.62}" fill="${iris}"/>
		<circle cx="${shift}" r="${radius * 0.34}" fill="#16131a"/>
		<circle cx="${shift + radius * 0.2}" cy="${-radius * 0.24}" r="${radius * 0.15}" fill="#fff"/>
	</g>`;
};

/** An open mouth with teeth and tongue; corners rise with the smile. */
const mouth = (y: number, width: number, pose: Pose, lip: string) => {
	const half = width * (0.8 + 0.25 * pose.smile);
	const corner = y - 14 * pose.smile;
	const open = 6 + 44 * pose.mouth;
	const shape = `M${-half} ${corner} Q0 ${y + 6} ${half} ${corner} Q${half * 0.55} ${y + open} 0 ${y + open} Q${-half * 0.55} ${y + open} ${-half} ${corner}Z`;
	return `<clipPath id="mouth"><path d="${shape}"/></clipPath>
		<path d="${shape}" fill="#5b1a23"/>
		<g clip-path="url(#mouth)">
			<rect x="${-half}" y="${y - 26}" width="${half * 2}" height="38" rx="8" fill="#fffaf2"/>
			<ellipse cx="0" cy="${y + open + 4}" rx="${half * 0.55}" ry="18" fill="#e0717c"/>
		</g>
		<path d="${shape}" fill="none" stroke="${lip}" stroke-width="5" stroke-linejoin="round"/>`;
};

const brow = (x: number, y: number, pose: Pose, colour: string, width = 34) => {
	const side = Math.sign(x);
	return `<path d="M${x - width} ${y - 22 * pose.brow + (side < 0 ? 6 : 0)} Q${x} ${y - 16 - 30 * pose.brow} ${x + width} ${y - 22 * pose.brow + (side > 0 ? 6 : 0)}" fill="none" stroke="${colour}" stroke-width="11" stroke-linecap="round"/>`;
};

/** A person before a plain wall, as a webcam shows one. */
const performer: Skin = {
	width: SCENE_WIDTH,
	size: 1,
	scene: `<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#dfe5ea"/><stop offset="1" stop-color="#b9c4cd"/></linearGradient>
		<rect width="848" height="480" fill="url(#wall)"/>
		<rect x="70" y="60" width="150" height="190" rx="4" fill="#f4f6f8" stroke="#a3afb9" stroke-width="6"/>
		<path d="M84 236 l44 -70 30 40 20 -26 30 56z" fill="#9fb4c4"/>
		<rect x="650" y="210" width="150" height="12" fill="#8d99a4"/>
		<rect x="668" y="140" width="22" height="70" fill="#5f7f9e"/><rect x="694" y="152" width="18" height="58" fill="#c47d5a"/><rect x="716" y="132" width="26" height="78" fill="#6e8f72"/>`,
	body: ({
		turn,
	}) => `<path d="M${-210 + turn * 6} 300 Q-190 150 -80 132 L80 132 Q190 150 ${210 + turn * 6} 300Z" fill="#3e4f63"/>
		<path d="M-50 96 L-50 142 Q0 182 50 142 L50 96Z" fill="#d99e7b"/>
		<path d="M-84 134 Q0 200 84 134 L60 124 Q0 168 -60 124Z" fill="#2f3d4e"/>`,
	head: (pose) => {
		const x = pose.turn * 14;
		const y = pose.nod * 12;
		return `<path d="M-128 -30 Q-140 -190 0 -190 Q140 -190 128 -30 L128 60 Q100 40 0 40 Q-100 40 -128 60Z" fill="#3a2a25"/>
		<ellipse cx="-116" cy="0" rx="20" ry="30" fill="#e0a887"/><ellipse cx="116" cy="0" rx="20" ry="30" fill="#e0a887"/>
		<path d="M-112 -50 Q-112 -150 0 -150 Q112 -150 112 -50 L110 20 Q100 128 0 132 Q-100 128 -110 20Z" fill="#efbb98"/>
		<path d="M-118 -48 Q-116 -168 0 -168 Q116 -168 118 -48 Q90 -112 20 -118 Q-60 -112 -118 -48Z" fill="#4a352e"/>
		<g transform="translate(${x} ${y})">
			<ellipse cx="-66" cy="36" rx="22" ry="13" fill="#e8937c" opacity="0.45"/><ellipse cx="66" cy="36" rx="22" ry="13" fill="#e8937c" opacity="0.45"/>
			${eye(-48, -22, 23, pose, '#5a7d4c')}${eye(48, -22, 23, pose, '#5a7d4c')}
			${brow(-48, -58, pose, '#3a2a25')}${brow(48, -58, pose, '#3a2a25')}
			<path d="M${pose.turn * 6 - 4} -6 q14 28 2 34 q-10 4 -16 -2" fill="none" stroke="#c98566" stroke-width="6" stroke-linecap="round"/>
			${mouth(72, 48, pose, '#c0605c')}
		</g>`;
	},
};

/** A fox by moonlight. */
const character: Skin = {
	width: HEIGHT,
	size: 0.86,
	scene: `<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#17214a"/><stop offset="0.7" stop-color="#4a4f96"/><stop offset="1" stop-color="#8a6aa8"/></linearGradient>
		<rect width="848" height="480" fill="url(#sky)"/>
		<circle cx="604" cy="82" r="42" fill="#fdf3cf"/><circle cx="590" cy="72" r="8" fill="#ecdfae"/><circle cx="618" cy="96" r="11" fill="#ecdfae"/>
		${[60, 150, 215, 300, 520, 590, 760, 800, 110, 470].map((x, index) => `<circle cx="${x}" cy="${30 + ((index * 67) % 150)}" r="${1.5 + (index % 3)}" fill="#fff" opacity="0.8"/>`).join('')}
		<path d="M0 480 V330 L60 190 100 290 150 160 210 310 250 230 300 350 H560 L600 220 650 320 700 170 760 310 800 230 848 340 V480Z" fill="#1d2b4f"/>
		<path d="M0 480 V400 Q210 350 424 400 T848 390 V480Z" fill="#142040"/>`,
	body: ({
		turn,
	}) => `<path d="M${-190 + turn * 6} 300 Q-150 110 0 100 Q150 110 ${190 + turn * 6} 300Z" fill="#c8551f"/>
		<path d="M-84 300 Q-80 150 0 140 Q80 150 84 300Z" fill="#fbe9d4"/>
		<path d="M-112 132 Q0 212 112 132 L96 104 Q0 176 -96 104Z" fill="#2f8f8a"/><path d="M40 150 L92 250 L132 232 L84 132Z" fill="#27807b"/>`,
	head: (pose) => {
		const x = pose.turn * 16;
		const y = pose.nod * 12;
		const ear = (
			side: number,
		) => `<g transform="rotate(${-pose.tilt * 0.5 + side * pose.brow * 5} ${side * 90} -100)">
			<path d="M${side * 30} -112 L${side * 128} -226 L${side * 142} -58Z" fill="#e0682a" stroke="#e0682a" stroke-width="16" stroke-linejoin="round"/>
			<path d="M${side * 68} -116 L${side * 120} -192 L${side * 126} -84Z" fill="#3a2330"/></g>`;
		return `${ear(-1)}${ear(1)}
		<path d="M-150 10 Q-160 -150 0 -150 Q160 -150 150 10 L196 54 L142 66 L160 100 L104 102 Q60 150 0 152 Q-60 150 -104 102 L-160 100 L-142 66 L-196 54Z" fill="#ee7a33"/>
		<path d="M-142 66 L-196 54 L-150 14 Q-90 -10 -40 40 Q0 60 40 40 Q90 -10 150 14 L196 54 L142 66 L160 100 L104 102 Q60 150 0 152 Q-60 150 -104 102 L-160 100Z" fill="#fdf0df"/>
		<g transform="translate(${x} ${y})">
			${eye(-58, -22, 27, pose, '#d99a26')}${eye(58, -22, 27, pose, '#d99a26')}
			${brow(-60, -66, pose, '#7a3413')}${brow(60, -66, pose, '#7a3413')}
			${mouth(86, 46, pose, '#5a2a22')}
			<path d="M-26 34 Q0 22 26 34 Q20 62 0 66 Q-20 62 -26 34Z" fill="#2a1a20"/><ellipse cx="-7" cy="38" rx="7" ry="4" fill="#6d5660"/>
		</g>`;
	},
};

const SKINS = { performer, character };

/** One picture of a face, as SVG: 848 × 480 pixels of the performer, 480 × 480 of the character. */
export function drawFace(skin: keyof typeof SKINS, pose: Pose): string {
	const { scene, body, head, width, size } = SKINS[skin];
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="${(SCENE_WIDTH - width) / 2} 0 ${width} ${HEIGHT}">
	${scene}
	<g transform="translate(${SCENE_WIDTH / 2 + pose.turn * 10} 262) scale(${size})">
		${body(pose)}
		<g transform="rotate(${pose.tilt} 0 110)">${head(pose)}</g>
	</g>
</svg>`;
}
