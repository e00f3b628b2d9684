/** The program of the graphics card that draws the points of one panel. */
import { type DotLook, dotReach } from './dot-look.ts';

/**
 * A point is its place in seconds and the logarithm of its price, both from a base near them: 32
 * bits hold neither a unix time nor what a zoom makes of it. `view` is where the upper left corner
 * lies, and pixels for each unit; `area` the size of what is drawn to, and that of a dot, which is
 * the margin around the panel, too.
 */
const VERTEX = `#version 300 es
in vec2 point;
uniform vec4 view;
uniform float heightLn;
uniform vec3 area;
void main() {
  vec2 offset = point - view.xy;
  vec2 share = (floor(offset * view.zw + 0.5) + 0.5 + area.z) / area.xy;
  bool isWithin = offset.y <= 0.0 && offset.y >= -heightLn;
  gl_Position = vec4(isWithin ? vec2(share.x, 1.0 - share.y) * 2.0 - 1.0 : vec2(9.0), 0.0, 1.0);
  gl_PointSize = area.z;
}`;

/** `look` is the radius of a dot, and the opacity of its middle. */
const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 area;
uniform vec2 look;
out vec4 dotColour;
void main() {
  float away = length((gl_PointCoord - 0.5) * area.z);
  dotColour = vec4(0.0, 0.0, 0.0, look.y * clamp(look.x + 0.5 - away, 0.0, 1.0));
}`;

/** Where the upper left corner of a panel lies, from the base of its points, and how large it is. */
export interface PointView {
  readonly fromSec: number;
  readonly highLn: number;
  readonly heightLn: number;
  readonly pxPerSec: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of the points' columns in the program. */
export const POINT_LOCATION = 0;

export class PointProgram {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #places = new Map<string, WebGLUniformLocation | null>();

  /** Throws when the card does not take the program. */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, FRAGMENT],
    ] as const) {
      const shader = gl.createShader(kind);
      if (!shader) continue;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.#program, shader);
    }
    gl.bindAttribLocation(this.#program, POINT_LOCATION, 'point');
    gl.linkProgram(this.#program);
    if (gl.getProgramParameter(this.#program, gl.LINK_STATUS)) return;
    throw new Error(`the program of the points: ${gl.getProgramInfoLog(this.#program)}`);
  }

  /**
   * Makes ready to draw a panel whose lower left corner lies so on the canvas. Dots may have
   * their middle a little beyond the panel, so the area drawn to is larger, and cut to the panel.
   */
  aim(leftPx: number, bottomPx: number, view: PointView, look: DotLook): void {
    const gl = this.#gl;
    const dotPx = dotReach(look) * 2 + 1;
    const [width, height] = [view.widthPx + dotPx * 2, view.heightPx + dotPx * 2];
    const pxPerLn = view.heightPx / view.heightLn;
    gl.useProgram(this.#program);
    gl.viewport(leftPx - dotPx, bottomPx - dotPx, width, height);
    gl.uniform4f(this.#at('view'), view.fromSec, view.highLn, view.pxPerSec, -pxPerLn);
    gl.uniform1f(this.#at('heightLn'), view.heightLn);
    gl.uniform3f(this.#at('area'), width, height, dotPx);
    gl.uniform2f(this.#at('look'), look.radiusPx, look.peak);
  }

  #at(name: string): WebGLUniformLocation | null {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#gl.getUniformLocation(this.#program, name);
    this.#places.set(name, place);
    return place;
  }
}
