/** Longest query text, in UTF-16 units: room for hundreds of ids pasted into a group, and far from what a parser or a URL chokes on. */
export const MAX_QUERY_LENGTH = 32_768;

/** Most leaves (words, values, ranges) of one query. Elasticsearch refuses more clauses than a few thousand, and a leaf may become four. */
export const MAX_QUERY_LEAVES = 1_024;

/** Most `and`, `or` and `not` inside each other. Elasticsearch nests at most 30 boolean queries, and an adapter adds some of its own. */
export const MAX_TREE_DEPTH = 19;

/** Most parentheses and negations inside each other, those that leave no node in the tree too: it bounds the parser's own recursion. */
export const MAX_NESTING = 64;

/** Most words of one phrase. */
export const MAX_PHRASE_WORDS = 1_024;

/** Most wildcards of one pattern: matching costs grow with each. */
export const MAX_WILDCARDS = 32;

/** Longest number of a range, in characters: an exact double has at most 1,075 significant places. */
export const MAX_NUMBER_LENGTH = 1_200;

/** Greatest power of ten, up or down, of a number: far outside of what a double or an int64 holds, near enough to calculate exactly. */
export const MAX_EXPONENT = 5_000;

/** Most groups of a regular expression inside each other. */
export const MAX_REGEX_DEPTH = 20;

/** Greatest `n` and `m` of `{n,m}`. */
export const MAX_REGEX_REPEAT = 1_000;

/** Most places of a regular expression once its counted repeats are written out: automata are built of these. */
export const MAX_REGEX_SIZE = 5_000;
