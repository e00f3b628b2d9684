import { plainSymbol, SYMBOL_FORM, symbolInName } from './file-name.ts';
import { shown } from './read-values.ts';

export interface RowSymbolHints {
  /** Where a row names its symbol; null: nowhere, it is the same for all. */
  readonly column: number | null;
  /** What the caller said; null: nothing. */
  readonly given: string | null;
  /** Of the file. */
  readonly names: readonly string[];
  /** What counts when nothing tells it; null: then the file cannot be taken. */
  readonly otherwise: string | null;
}

/** Which symbol each row of a file belongs to. */
export class RowSymbols {
  readonly #column: number | null;
  /** What the caller said. */
  readonly #given: string | null;
  readonly #fixed: string | null;
  #lastText: string | undefined;
  #lastSymbol: string | null = null;

  constructor({ column, given, names, otherwise }: RowSymbolHints) {
    this.#column = column;
    this.#given = given;
    this.#fixed = given ?? names.map(symbolInName).find((symbol) => symbol !== null) ?? otherwise;
  }

  /**
   * As far as it can be told before the rows are read.
   * @param firstRow the first row of data
   */
  hint(firstRow: readonly string[]): string | null {
    return this.#column === null ? this.#fixed : plainSymbol(firstRow[this.#column] ?? '');
  }

  /** @throws Error when nothing tells the symbol */
  check(): void {
    if (this.#column !== null || this.#fixed !== null) return;
    throw new Error(
      'neither its name nor a column tells the symbol; give it with --symbol, such as ' +
        '--symbol BTCUSDT',
    );
  }

  /** The symbol of a row, or the reason why it is not taken. */
  of(fields: readonly string[]): string | { readonly reason: string } {
    if (this.#column === null) return this.#fixed!;
    const text = fields[this.#column];
    if (text !== this.#lastText || text === undefined) {
      this.#lastText = text;
      this.#lastSymbol = plainSymbol(text ?? '');
    }
    if (this.#lastSymbol === null) {
      return { reason: `symbol is ${shown(text)}, allowed: ${SYMBOL_FORM}` };
    }
    if (this.#given === null || this.#given === this.#lastSymbol) return this.#lastSymbol;
    return { reason: `symbol is ${shown(text)}, allowed: ${this.#given} (--symbol)` };
  }
}
