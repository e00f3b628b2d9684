/**
 * A transaction seen where it lies: offsets into the bytes it was decoded from, nothing copied.
 * One object serves any number of transactions, one after another; what it shows holds until the
 * next decode, and only the first `inputCount` and `outputCount` entries of the columns count.
 *
 *     start  version   [marker flag]   inputs outputs   [witness]   locktime  end
 *                                    bodyStart      witnessStart  witnessEnd
 */
export class Tx {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  bodyStart = 0;
  /** Equal to `witnessEnd` in a transaction without witness. */
  witnessStart = 0;
  witnessEnd = 0;
  end = 0;

  version = 0;
  lockTime = 0;
  segwit = false;
  coinbase = false;

  inputCount = 0;
  /** Where the 36 bytes of the spent outpoint (txid, index) stand. */
  prevoutOffsets: Uint32Array = new Uint32Array(16);
  /** Bytes of all witness items of the input, without their counts and lengths. */
  witnessBytes: Uint32Array = new Uint32Array(16);
  /** Where the first input's script stands, and its length: a coinbase tells the height there. */
  firstScriptOffset = 0;
  firstScriptLength = 0;

  outputCount = 0;
  /** Exact: at most 21e14, far below 2^53. */
  outputSats: Float64Array = new Float64Array(16);
  scriptOffsets: Uint32Array = new Uint32Array(16);
  scriptLengths: Uint32Array = new Uint32Array(16);

  /** Size without witness, what the txid is made of. */
  get baseBytes(): number {
    return this.end - this.start - (this.segwit ? this.witnessEnd - this.witnessStart + 2 : 0);
  }

  get weight(): number {
    return this.baseBytes * 3 + (this.end - this.start);
  }

  /** Makes room; the decoder has bounded the count by the bytes that are there. */
  reserveInputs(count: number): void {
    if (count <= this.prevoutOffsets.length) return;
    this.prevoutOffsets = new Uint32Array(count * 2);
    this.witnessBytes = new Uint32Array(count * 2);
  }

  reserveOutputs(count: number): void {
    if (count <= this.outputSats.length) return;
    this.outputSats = new Float64Array(count * 2);
    this.scriptOffsets = new Uint32Array(count * 2);
    this.scriptLengths = new Uint32Array(count * 2);
  }
}
