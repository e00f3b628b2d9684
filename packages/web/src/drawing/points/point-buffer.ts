import type { PointColumns } from '../../model/point-ring.ts';
import { POINT_LOCATION } from './point-program.ts';

/** As far from the base as this, 32 bits still tell times apart that differ by 1/100 s. */
const BASE_REACH_SEC = 100_000;
/** In place of what is no number: so far off that it is never in sight. */
const FAR = 1e9;
const FLOATS = 2;

/**
 * The points of one panel on the graphics card: place and logarithm of the price, each from a base
 * near them. Slots are those of the ring, so that only what is new is sent.
 */
export class PointBuffer {
  readonly #gl: WebGL2RenderingContext;
  readonly #buffer: WebGLBuffer | null;
  readonly #array: WebGLVertexArrayObject | null;
  #copied: Float64Array | null = null;
  #nextSerial = 0;
  baseSec = 0;
  baseLn = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#buffer = gl.createBuffer();
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.enableVertexAttribArray(POINT_LOCATION);
    gl.vertexAttribPointer(POINT_LOCATION, FLOATS, gl.FLOAT, false, 0, 0);
  }

  /** Sends the points that came since the last time. @param points at least one */
  update(points: PointColumns): void {
    const { length, firstSerial, placesSec } = points;
    const endSerial = firstSerial + length;
    if (placesSec === this.#copied && endSerial === this.#nextSerial) return;
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    const isFar = Math.abs(points.placeSec(length - 1) - this.baseSec) > BASE_REACH_SEC;
    if (placesSec !== this.#copied || isFar) this.#startOver(points);
    const fromIndex = Math.max(0, this.#nextSerial - firstSerial);
    for (const [start, end] of points.stretches(fromIndex)) {
      const bytes = start * FLOATS * Float32Array.BYTES_PER_ELEMENT;
      gl.bufferSubData(gl.ARRAY_BUFFER, bytes, this.#packed(points, start, end));
    }
    this.#nextSerial = endSerial;
  }

  draw(points: PointColumns): void {
    const gl = this.#gl;
    gl.bindVertexArray(this.#array);
    for (const [start, end] of points.stretches()) gl.drawArrays(gl.POINTS, start, end - start);
  }

  #startOver(points: PointColumns): void {
    const gl = this.#gl;
    const floats = points.placesSec.length * FLOATS;
    gl.bufferData(gl.ARRAY_BUFFER, floats * Float32Array.BYTES_PER_ELEMENT, gl.DYNAMIC_DRAW);
    // The newest: what is far from it is far out of sight.
    this.baseSec = finite(points.placeSec(points.length - 1), 0);
    this.baseLn = finite(Math.log(points.priceUsd(points.length - 1)), 0);
    this.#copied = points.placesSec;
    this.#nextSerial = points.firstSerial;
  }

  #packed({ placesSec, pricesUsd }: PointColumns, start: number, end: number): Float32Array {
    const packed = new Float32Array((end - start) * FLOATS);
    for (let slot = start, at = 0; slot < end; slot += 1, at += FLOATS) {
      packed[at] = finite(placesSec[slot]! - this.baseSec, FAR);
      packed[at + 1] = finite(Math.log(pricesUsd[slot]!) - this.baseLn, FAR);
    }
    return packed;
  }
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}
