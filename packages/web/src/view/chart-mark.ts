/**
 * What is marked: the point nearest to the pointer, where none is near the line of the price, or the
 * point that the arrow keys went to.
 */
import type { Mark, Panel, PanelName, PointMark, Scene } from '../drawing/scene.ts';
import { isShownTime, type Sight } from '../model/in-sight.ts';
import { heldSampleAt, joinedSampleAt } from '../model/line-at.ts';
import { nearestPoint } from '../model/nearest-point.ts';
import { nextByPrice, nextPoint } from '../model/next-point.ts';
import type { PointColumns } from '../model/point-ring.ts';

export type Move = 'older' | 'newer' | 'higher' | 'lower' | 'first' | 'last';

/** How far from the pointer a point may lie, CSS pixels; about a fingertip. */
const REACH_CSS_PX = 44;

/** A point by its serial number, and by what it is where that was given anew. */
interface KeptPoint {
  readonly panel: PanelName;
  readonly serial: number;
  readonly timeSec: number;
  readonly priceUsd: number;
}

export class ChartMark {
  #pointer: { readonly xPx: number; readonly yPx: number } | null = null;
  #kept: KeptPoint | null = null;

  /** True when the keyboard chose the point: only then is it read out. */
  get byKeyboard(): boolean {
    return this.#kept !== null;
  }

  /** Where the pointer is, device pixels; null when it left. Takes over from the keyboard. */
  point(at: { readonly xPx: number; readonly yPx: number } | null): void {
    this.#pointer = at;
    if (at) this.#kept = null;
  }

  clear(): void {
    this.#pointer = null;
    this.#kept = null;
  }

  /** Moves by keyboard; the first move marks the newest point. */
  move(scene: Scene, move: Move): void {
    const from = this.at(scene);
    this.#pointer = null;
    const to = from ? step(scene, from, move) : edgeMark(scene, 'last');
    if (to) this.#kept = keptPoint(panelOf(scene, to.panel), to.index);
  }

  /** The marked point in this scene, or null. */
  at(scene: Scene): Mark | null {
    if (this.#pointer) return nearestTo(scene, this.#pointer);
    if (!this.#kept) return null;
    const panel = panelOf(scene, this.#kept.panel);
    const mark = pointMark(panel, indexOf(panel.points, this.#kept));
    this.#kept = mark && keptPoint(panel, mark.index);
    // It may come back into sight, where a person goes on looking around.
    return mark && isShownTime(panel.points.placeSec(mark.index), panel.timeScale) ? mark : null;
  }
}

function keptPoint({ name, points }: Panel, index: number): KeptPoint {
  return {
    panel: name,
    serial: points.firstSerial + index,
    timeSec: points.timeSec(index),
    priceUsd: points.priceUsd(index),
  };
}

/** Where the point is now: told anew by the server, it has another serial number. -1: gone. */
function indexOf(points: PointColumns, { serial, timeSec, priceUsd }: KeptPoint): number {
  const index = serial - points.firstSerial;
  if (index >= 0 && index < points.length) return index;
  for (let i = 0; i < points.length; i += 1) {
    if (points.timeSec(i) === timeSec && points.priceUsd(i) === priceUsd) return i;
  }
  return -1;
}

/** @param index -1: there is none */
function pointMark({ name }: Panel, index: number): PointMark | null {
  return index === -1 ? null : { kind: 'point', panel: name, index };
}

function panelOf(scene: Scene, name: PanelName): Panel {
  return scene.panels[name === 'confirmed' ? 0 : 1];
}

function nearestTo(scene: Scene, at: { readonly xPx: number; readonly yPx: number }): Mark | null {
  const { priceScale } = scene;
  const panel = scene.panels.find(
    ({ timeScale }) => at.xPx >= timeScale.leftPx && at.xPx < timeScale.leftPx + timeScale.widthPx,
  );
  if (!panel || !priceScale) return null;
  const reachPx = REACH_CSS_PX * scene.unitPx;
  const index = nearestPoint(panel.points, panel.timeScale, priceScale, at, reachPx);
  return pointMark(panel, index) ?? lineAt(scene, panel, at, reachPx);
}

function lineAt(
  { plotHeightPx }: Scene,
  { name, history, timeScale, line }: Panel,
  at: { readonly xPx: number; readonly yPx: number },
  reachPx: number,
): Mark | null {
  if (at.yPx > plotHeightPx) return null;
  const { fromSec, toSec, leftPx, widthPx } = timeScale;
  const secPerPx = (toSec - fromSec) / widthPx;
  const atSec = fromSec + (at.xPx - leftPx) * secPerPx;
  const isHeld = line === 'held';
  const index = isHeld
    ? heldSampleAt(history, atSec)
    : joinedSampleAt(history, atSec, reachPx * secPerPx);
  if (index === -1) return null;
  const timeSec = isHeld ? atSec : history.timeSec(index);
  return isShownTime(timeSec, timeScale) ? { kind: 'line', panel: name, index, timeSec } : null;
}

function sightOf({ priceScale }: Scene, { timeScale }: Panel): Sight | null {
  return priceScale && { ...timeScale, range: priceScale.range };
}

function step(scene: Scene, from: Mark, move: Move): Mark | null {
  if (move === 'first' || move === 'last' || from.kind === 'line') {
    return edgeMark(scene, move === 'first' ? 'first' : 'last');
  }
  const panel = panelOf(scene, from.panel);
  const { points } = panel;
  const sight = sightOf(scene, panel);
  if (!sight) return null;
  if (move === 'higher' || move === 'lower') {
    return pointMark(panel, nextByPrice(points, sight, from.index, move === 'higher' ? 1 : -1));
  }
  const mark = pointMark(panel, nextPoint(points, sight, from.index, move === 'newer' ? 1 : -1));
  if (mark) return mark;
  const crosses = (from.panel === 'confirmed') === (move === 'newer');
  if (!crosses) return null;
  return from.panel === 'confirmed'
    ? endOf(scene, scene.panels[1], 'first')
    : endOf(scene, scene.panels[0], 'last');
}

/** The first drawn point of all, or the last; panels stand in the order of time. */
function edgeMark(scene: Scene, edge: 'first' | 'last'): Mark | null {
  const [left, right] = scene.panels.map((panel) => endOf(scene, panel, edge));
  return (edge === 'first' ? (left ?? right) : (right ?? left)) ?? null;
}

function endOf(scene: Scene, panel: Panel, edge: 'first' | 'last'): Mark | null {
  const { points } = panel;
  const sight = sightOf(scene, panel);
  if (!sight) return null;
  const index =
    edge === 'first'
      ? nextPoint(points, sight, -1, 1)
      : nextPoint(points, sight, points.length, -1);
  return pointMark(panel, index);
}
