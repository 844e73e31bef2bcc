import type { Resource, Scope } from '../../../api/index.ts';
import { TokenWriter } from '../filter/token-writer.ts';
import { encodeAttributes } from './attributes.ts';

/** What all records with one resource or scope have in common, worked out once. */
export interface SharedPart {
  /** The column of its attributes' leaves. */
  readonly leaves: string;
  /** The whole of it. */
  readonly json: string;
}

interface KnownPart extends SharedPart {
  readonly tokens: Uint32Array;
  /** The page that has the tokens already. */
  page: number;
}

/** Knows the resources and scopes of records that came in one request by the objects, which those share. */
export class SharedParts {
  readonly #known = new WeakMap<Resource | Scope, KnownPart>();
  readonly #tokens: TokenWriter;
  /** For one part at a time. */
  readonly #own = new TokenWriter();

  /** Tokens go to the writer, once a page. */
  constructor(tokens: TokenWriter) {
    this.#tokens = tokens;
  }

  of(part: Resource | Scope): SharedPart {
    const known = this.#known.get(part) ?? this.#add(part);
    if (known.page !== this.#tokens.page) {
      known.page = this.#tokens.page;
      this.#tokens.addAll(known.tokens);
    }
    return known;
  }

  #add(part: Resource | Scope): KnownPart {
    const { text } = encodeAttributes(part.attributes, this.#own);
    const known = { leaves: text, json: JSON.stringify(part), tokens: this.#own.finishPage(), page: -1 };
    this.#known.set(part, known);
    return known;
  }
}
