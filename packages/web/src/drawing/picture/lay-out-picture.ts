/** Where everything stands on a saved picture: a head, the chart with its headings, a foot. */
import { flowLine, type Lettering, type Placed } from './flow-line.ts';
import type { PictureContent, PictureLine } from './picture-content.ts';

export interface PicturePlan {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly chart: {
    readonly leftPx: number;
    readonly topPx: number;
    readonly widthPx: number;
    readonly heightPx: number;
  };
  readonly placed: readonly Placed[];
}

/** Around all, in letters of the page. */
export const MARGIN_EM = 1;
const GAP_EM = 0.35;

export function layOutPicture(
  content: PictureContent,
  chart: { readonly widthPx: number; readonly heightPx: number },
  lettering: Lettering,
): PicturePlan {
  const marginPx = Math.round(MARGIN_EM * lettering.emPx);
  const span = { leftPx: marginPx, widthPx: chart.widthPx };
  const head = stack(content.head, span, marginPx, lettering);
  const headings = content.headings.map(({ span: { leftPx, widthPx }, line }) =>
    flowLine(line, { leftPx: marginPx + leftPx, widthPx }, head.bottomPx, lettering),
  );
  const headingsPx = Math.max(0, ...headings.map(({ heightPx }) => heightPx));
  const chartTopPx = Math.round(head.bottomPx + headingsPx);
  const footTopPx = chartTopPx + chart.heightPx + GAP_EM * lettering.emPx;
  const foot = stack(content.foot, span, footTopPx, lettering);
  return {
    widthPx: chart.widthPx + 2 * marginPx,
    heightPx: Math.round(foot.bottomPx + marginPx / 2),
    chart: { ...chart, leftPx: marginPx, topPx: chartTopPx },
    placed: [...head.placed, ...headings.flatMap(({ placed }) => placed), ...foot.placed],
  };
}

function stack(
  lines: readonly PictureLine[],
  span: { readonly leftPx: number; readonly widthPx: number },
  topPx: number,
  lettering: Lettering,
): { readonly placed: readonly Placed[]; readonly bottomPx: number } {
  const placed: Placed[] = [];
  let bottomPx = topPx;
  for (const line of lines) {
    const flow = flowLine(line, span, bottomPx, lettering);
    placed.push(...flow.placed);
    bottomPx += flow.heightPx + GAP_EM * lettering.emPx;
  }
  return { placed, bottomPx };
}
