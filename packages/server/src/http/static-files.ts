import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Answer, matchesEtag, strongEtag } from './answer.ts';
import { acceptsGzip } from './content-encoding.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = /^text\/|json|svg/;
/** vite puts a hash of the content before the ending: such a file never changes. */
const HASHED = /-[A-Za-z0-9_-]{8}\.\w+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';

interface Form {
  readonly body: Buffer;
  readonly etag: string;
}

interface StaticFile {
  readonly type: string;
  readonly caching: string;
  readonly plain: Form;
  /** Null where compressing does not help. */
  readonly gzip: Form | null;
}

/** What a request says about the form that it wants a file in. */
export interface FileRequest {
  readonly ifNoneMatch: string | undefined;
  readonly acceptEncoding: string | undefined;
}

/**
 * The files of the built page, read once at the start. A request's path is only looked up among
 * them: no path of a URL ever reaches the file system.
 */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = new Map([...files].map(([name, body]) => [name, staticFile(name, body)]));
  }

  /** The files under a directory, or a page that says how to build them when there are none. */
  static load(directory: string): StaticFiles {
    const files = new Map<string, Buffer>();
    if (existsSync(path.join(directory, 'index.html'))) {
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = path.join(entry.parentPath, entry.name);
        const name = `/${path.relative(directory, file).split(path.sep).join('/')}`;
        files.set(name, readFileSync(file));
      }
    } else {
      files.set('/index.html', Buffer.from(PAGE_NOT_BUILT));
    }
    files.set('/', files.get('/index.html')!);
    return new StaticFiles(files);
  }

  /** Null when there is no such file. */
  answer(pathname: string, request: FileRequest): Answer | null {
    const file = this.#files.get(pathname);
    if (file === undefined) return null;
    const form = acceptsGzip(request.acceptEncoding) && file.gzip !== null ? file.gzip : file.plain;
    const headers: Record<string, string> = {
      'content-type': file.type,
      'cache-control': file.caching,
      etag: form.etag,
    };
    if (file.gzip !== null) headers.vary = 'Accept-Encoding';
    if (matchesEtag(request.ifNoneMatch, form.etag)) {
      return { status: 304, headers, body: Buffer.alloc(0) };
    }
    if (form === file.gzip) headers['content-encoding'] = 'gzip';
    return { status: 200, headers, body: form.body };
  }
}

function staticFile(name: string, body: Buffer): StaticFile {
  const ending = name === '/' ? '.html' : path.posix.extname(name);
  const type = TYPES[ending] ?? 'application/octet-stream';
  const packed = COMPRESSIBLE.test(type) ? gzipSync(body, { level: 9 }) : body;
  return {
    type,
    caching: HASHED.test(name) ? IMMUTABLE : 'no-cache',
    plain: { body, etag: strongEtag(body) },
    gzip: packed.length < body.length ? { body: packed, etag: strongEtag(packed) } : null,
  };
}

const PAGE_NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tidegauge: the page is not built</title>
<h1>The server runs, but its page was not built</h1>
<p>Start it with <code>npm start</code> in the repository, which builds the page first, or build it
once with <code>npm run build --workspace packages/web</code> and restart the server.</p>
<p>Without the page there are <a href="/health">/health</a>,
<a href="/api/v1/price">/api/v1/price</a> and the WebSocket at <code>/ws/mempool</code>.</p>
</html>
`;
