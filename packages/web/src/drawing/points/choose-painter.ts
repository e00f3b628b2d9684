import type { RendererName } from './points-painter.ts';
import { WebglPoints } from './webgl-points.ts';

const CONTEXT: WebGLContextAttributes = {
  antialias: false,
  depth: false,
  premultipliedAlpha: false,
};
/** Drivers that calculate each pixel on the processor, as the raster does, but take longer. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** What `?renderer=` of the address asks for; null where the page is to choose. */
export function readRenderer(search: string): RendererName | null {
  const name = new URLSearchParams(search).get('renderer');
  return name === 'webgl' || name === 'canvas' ? name : null;
}

/**
 * The graphics card, where the browser gives it and it is one.
 * @param wanted `webgl` takes one that is made of software, too; `canvas` takes none
 */
export function openWebgl(wanted: RendererName | null, onChange: () => void): WebglPoints | null {
  if (wanted === 'canvas') return null;
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2', {
    ...CONTEXT,
    failIfMajorPerformanceCaveat: wanted === null,
  });
  if (!gl) return null;
  if (wanted === 'webgl' || !SOFTWARE.test(driverOf(gl))) {
    return new WebglPoints(canvas, gl, onChange);
  }
  // Else it is held until the garbage is collected.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return null;
}

function driverOf(gl: WebGL2RenderingContext): string {
  const masked = String(gl.getParameter(gl.RENDERER));
  // Firefox tells it so, and warns of the extension.
  if (!/^(WebKit|Mozilla)/.test(masked)) return masked;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : masked;
}
