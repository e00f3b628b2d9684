import { constants, deflateRawSync } from 'node:zlib';
import type { Bundle } from './bundle.ts';
import { type DeflateTerms, WINDOW_BITS_MAX } from './deflate-terms.ts';
import { joined, textFrame } from './frames.ts';
import type { Publication } from './publication.ts';

/**
 * A message of 60 KB takes 1.3 ms at 6 and 5.4 ms at 9, for 3 % fewer bytes; 0.7 ms at 4, for 4 %
 * more. Of a heatmap 4 costs a fifth more than 6.
 */
const LEVEL = 6;

/**
 * The window of `transactions`, 350 KB for each tick at which somebody comes, would keep the event
 * loop for 12 ms at 6. At 4 it is 6 ms, for 5 % more bytes; still lower levels gain no time.
 */
const LONG_LEVEL = 4;
const LONG_BYTES = 128 * 1024;

/**
 * Times that one message is compressed with a dictionary for small cohorts: for as many of them. The
 * further ones share the form without.
 */
const DICTIONARY_FORMS_MAX = 8;

/**
 * So many clients are a large cohort, which has its own form in any case: to compress a message
 * costs about what it costs to write to so many. Else a few who come first with sets of symbols of
 * their own would cost all others eight times the bytes.
 */
const LARGE_COHORT = 64;

/**
 * Messages that can be a dictionary, in all: some 60 s of two streams and three symbols, which is
 * the longest interval that clients may ask for.
 */
const ENDS_BYTES_MAX = 8 * 1024 * 1024;
const ENDS_MAX = 4096;

const WINDOW_BYTES = 2 ** WINDOW_BITS_MAX;
/** 00 00 ff ff, the end of a sync flush, is not sent (RFC 7692, 7.2.1). */
const FLUSH_TAIL_BYTES = 4;
/** What deflate adds at most to a message that cannot be compressed, rounded up. */
const SPARE_BYTES = 1024;

/**
 * What is known to be the newest in a client's window: messages by their numbers, oldest first.
 * It is only names: the messages may be forgotten, and then serve nobody any more.
 */
interface Window {
  readonly key: string;
  readonly messages: readonly number[];
}

const NOTHING: Window = { key: '', messages: [] };

/** Those who were last sent the same bundle. */
interface Cohort {
  readonly window: Window;
  clients: number;
}

const NEWCOMERS: Cohort = { window: NOTHING, clients: 0 };

/** One message: its number, and its frames by what they were compressed for. */
interface Message {
  readonly number: number;
  readonly frames: Map<string, Buffer>;
  withDictionary: number;
}

/** One bundle: its frames by what they were compressed for, and who received it. */
interface Forms {
  readonly frames: Map<string, Buffer>;
  withDictionary: number;
  readonly cohort: Cohort;
}

/** What a cohort is sent as a bundle, and the cohort that it becomes part of. */
interface Step {
  readonly bundle: Bundle;
  readonly from: Cohort;
  readonly frames: Buffer;
  readonly to: Cohort;
}

/** The compressed stream to one client: what it agreed on and what its window holds. */
export interface DeflatedStream {
  /** The messages of a bundle as compressed frames. All of them have to be sent. */
  frames(bundle: Bundle): Buffer;
}

/**
 * Compresses each message once for all clients whose windows end alike (RFC 7692, 7.2). A client
 * keeps the last 32 KiB of what it inflated, so the messages of its last bundle, and those of this
 * one that come first, can serve as dictionary: what repeats costs next to nothing. Clients that
 * were last sent the same bundle are a cohort and share each form. Who joins or skipped a bundle
 * gets one form without dictionary and has then joined the cohort. Messages that were sent
 * uncompressed in between leave the window alone.
 *
 * Knows no socket. Memory and work are bounded, whatever clients subscribe to and skip: a message
 * is compressed with a dictionary for large cohorts and a few small ones, for all others without,
 * and what serves as dictionary is forgotten in time.
 */
export class SharedDeflate {
  readonly #messages: WeakMap<Publication, Message> = new WeakMap();
  readonly #forms: WeakMap<Bundle, Forms> = new WeakMap();
  /** The end of each message that may still be in windows, by its number; oldest first. */
  readonly #ends: Map<number, Buffer> = new Map();
  #endsBytes = 0;
  #lastNumber = 0;
  /** The one that was taken last: a cohort takes it one client after another. */
  #step: Step | null = null;

  /** Of a client that has not been sent any compressed message yet. */
  stream(terms: DeflateTerms): DeflatedStream {
    return terms.keepsWindow ? new CohortStream(this) : new LoneStream(this, terms.windowBits);
  }

  /** For clients that keep no window, or a small one: each message by itself. */
  framesAlone(bundle: Bundle, windowBits: number): Buffer {
    const { frames } = this.#formsOf(bundle);
    const key = `alone ${windowBits}`;
    const known = frames.get(key);
    if (known !== undefined) return known;
    const made = joined(
      bundle.publications.map((each) => this.#frame(each, NOTHING, windowBits, false)),
    );
    frames.set(key, made);
    return made;
  }

  /** Takes one client of a cohort over a bundle. */
  take(bundle: Bundle, from: Cohort): Step {
    const last = this.#step;
    const same = last !== null && last.bundle === bundle && last.from === from;
    const step = same ? last : this.#stepOver(bundle, from);
    step.to.clients++;
    return step;
  }

  #stepOver(bundle: Bundle, from: Cohort): Step {
    const frames = this.#framesAfter(bundle, from.window, from.clients >= LARGE_COHORT);
    this.#step = { bundle, from, frames, to: this.#formsOf(bundle).cohort };
    return this.#step;
  }

  /** For a client that has the window, which may also be empty or unknown by now. */
  #framesAfter(bundle: Bundle, window: Window, large: boolean): Buffer {
    const forms = this.#formsOf(bundle);
    const known = forms.frames.get(window.key);
    if (known !== undefined) return known;
    const kept = this.#end(window.messages);
    if (kept.key !== window.key) return this.#framesAfter(bundle, kept, large);
    if (kept !== NOTHING && !large) {
      if (forms.withDictionary === DICTIONARY_FORMS_MAX) {
        return this.#framesAfter(bundle, NOTHING, false);
      }
      forms.withDictionary++;
    }
    const before = [...kept.messages];
    const frames = bundle.publications.map((publication) => {
      const frame = this.#frame(publication, this.#end(before), WINDOW_BITS_MAX, large);
      before.push(this.#keep(publication));
      return frame;
    });
    const made = joined(frames);
    forms.frames.set(window.key, made);
    return made;
  }

  #formsOf(bundle: Bundle): Forms {
    const known = this.#forms.get(bundle);
    if (known !== undefined) return known;
    const numbers = bundle.publications.map((publication) => this.#keep(publication));
    const cohort = { window: this.#end(numbers), clients: 0 };
    const forms = { frames: new Map(), withDictionary: 0, cohort };
    this.#forms.set(bundle, forms);
    return forms;
  }

  /** One message as a frame, with what the window has of its dictionary. */
  #frame(publication: Publication, window: Window, windowBits: number, large: boolean): Buffer {
    const message = this.#messageOf(publication);
    const key = `${windowBits} ${window.key}`;
    const known = message.frames.get(key);
    if (known !== undefined) return known;
    if (window !== NOTHING && !large) {
      if (message.withDictionary === DICTIONARY_FORMS_MAX) {
        return this.#frame(publication, NOTHING, windowBits, false);
      }
      message.withDictionary++;
    }
    const dictionary = window.messages.map((number) => this.#ends.get(number)!);
    const payload = deflated(publication.bytes, Buffer.concat(dictionary), windowBits);
    const frame = textFrame(payload, true);
    message.frames.set(key, frame);
    return frame;
  }

  /** As many of the last messages as fill a window and are kept. */
  #end(numbers: readonly number[]): Window {
    let first = numbers.length;
    let sizeBytes = 0;
    while (first > 0 && sizeBytes < WINDOW_BYTES) {
      const end = this.#ends.get(numbers[first - 1]!);
      if (end === undefined) break;
      sizeBytes += end.length;
      first--;
    }
    if (first === numbers.length) return NOTHING;
    const messages = numbers.slice(first);
    return { key: messages.join(), messages };
  }

  /** @returns the number of the message, whose end is in the windows of clients from now on */
  #keep(publication: Publication): number {
    const { number } = this.#messageOf(publication);
    if (this.#ends.has(number)) return number;
    // A copy, lest it hold on to all of a long message.
    const end = Buffer.from(publication.bytes.subarray(-WINDOW_BYTES));
    this.#ends.set(number, end);
    this.#endsBytes += end.length;
    for (const [oldest, { length }] of this.#ends) {
      const fits = this.#endsBytes <= ENDS_BYTES_MAX;
      if (fits && this.#ends.size <= ENDS_MAX) break;
      this.#ends.delete(oldest);
      this.#endsBytes -= length;
    }
    return number;
  }

  #messageOf(publication: Publication): Message {
    const known = this.#messages.get(publication);
    if (known !== undefined) return known;
    const message = { number: ++this.#lastNumber, frames: new Map(), withDictionary: 0 };
    this.#messages.set(publication, message);
    return message;
  }
}

class CohortStream implements DeflatedStream {
  readonly #shared: SharedDeflate;
  #cohort: Cohort = NEWCOMERS;

  constructor(shared: SharedDeflate) {
    this.#shared = shared;
  }

  frames(bundle: Bundle): Buffer {
    const { frames, to } = this.#shared.take(bundle, this.#cohort);
    this.#cohort = to;
    return frames;
  }
}

class LoneStream implements DeflatedStream {
  readonly #shared: SharedDeflate;
  readonly #windowBits: number;

  constructor(shared: SharedDeflate, windowBits: number) {
    this.#shared = shared;
    this.#windowBits = windowBits;
  }

  frames(bundle: Bundle): Buffer {
    return this.#shared.framesAlone(bundle, this.#windowBits);
  }
}

/** The payload of a compressed message (RFC 7692, 7.2.1). */
function deflated(message: Buffer, dictionary: Buffer, windowBits: number): Buffer {
  const compressed = deflateRawSync(message, {
    level: message.length > LONG_BYTES ? LONG_LEVEL : LEVEL,
    windowBits,
    finishFlush: constants.Z_SYNC_FLUSH,
    // One piece: a flush that has to go on in a second one would end twice.
    chunkSize: message.length + SPARE_BYTES,
    ...(dictionary.length > 0 ? { dictionary: dictionary.subarray(-(2 ** windowBits)) } : {}),
  });
  return compressed.subarray(0, -FLUSH_TAIL_BYTES);
}
