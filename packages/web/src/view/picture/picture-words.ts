/** What both kinds of pictures say alike. */
import {
  type PictureColour,
  type PictureGroup,
  text,
} from '../../drawing/picture/picture-content.ts';
import type { LineWords } from '../line-words.ts';

export function demoBadge(demo: boolean): PictureGroup {
  return demo ? [text('badge', 'demo', 'DEMO'), text('label', 'demo', 'made-up data')] : [];
}

/** `2026-11-20 19:00:05 UTC`: pictures travel, and every reader takes this one way. */
export function pictureMoment(nowSec: number): string {
  return isoMoment(nowSec).replace('T', ' ').replace('Z', ' UTC');
}

/** The state of the line where it is not live; a picture has no use for saying that it was. */
export function stateGroup(kind: string, { tone, text: words }: LineWords): PictureGroup {
  if (kind === 'live') return [];
  const colour: PictureColour = tone === 'ended' ? 'idle' : tone;
  return [text('state', colour, words)];
}

/** @param subject what it is of: lower case, without spaces */
export function pictureName(subject: string, nowSec: number): string {
  return `tidegauge-${subject}-${isoMoment(nowSec).replaceAll(':', '')}.png`;
}

export function footGroup(version: string): PictureGroup {
  return [text('label', 'muted', `Tidegauge ${version}`.trim())];
}

function isoMoment(nowSec: number): string {
  return new Date(Math.floor(nowSec) * 1000).toISOString().replace('.000Z', 'Z');
}
