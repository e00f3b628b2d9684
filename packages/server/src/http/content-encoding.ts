import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answer.ts';

const gzipAsync = promisify(gzip);

/** Smaller bodies fit into a few packets as they are. */
export const GZIP_BYTES_MIN: number = 4 * 1024;
/** Of 23 MB of heatmap columns it leaves 13 %; level 6 leaves 11 % in three times the time. */
const GZIP_LEVEL = 1;

/** Whether an Accept-Encoding header takes gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(acceptEncoding ?? '');
}

/** Compresses long answers for those who take that; the work is done on another thread. */
export class ContentEncoder {
  /** An answer that several ask for at once is one body, and compressed once. */
  readonly #packed: WeakMap<Buffer, Promise<Buffer>> = new WeakMap();

  /**
   * The answer as this client takes it. Compressed, its ETag becomes a weak one, as the bytes are
   * not those that it was made from (RFC 9110, 8.8.3); If-None-Match compares weakly in any case.
   */
  async encoded(answer: Answer, acceptEncoding: string | undefined): Promise<Answer> {
    const { body, headers, status } = answer;
    // A 304 stands for a body whose length is not known here, and says what that one would.
    if (body.length < GZIP_BYTES_MIN && status !== 304) return answer;
    const varied = { ...headers, vary: 'Accept-Encoding' };
    if (body.length === 0 || !acceptsGzip(acceptEncoding)) return { ...answer, headers: varied };
    const packed = await this.#gzip(body);
    const etag = headers.etag === undefined ? {} : { etag: `W/${headers.etag}` };
    return { status, headers: { ...varied, ...etag, 'content-encoding': 'gzip' }, body: packed };
  }

  #gzip(body: Buffer): Promise<Buffer> {
    const packed = this.#packed.get(body) ?? gzipAsync(body, { level: GZIP_LEVEL });
    this.#packed.set(body, packed);
    return packed;
  }
}
