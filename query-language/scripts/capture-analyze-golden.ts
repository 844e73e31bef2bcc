/**
 * Writes test/analyze-golden.json: what a real Elasticsearch node makes of the texts below with its `standard` analyzer.
 * The tokenizer's unit test holds ours to it. Needs a running node:
 *
 *   node query-language/scripts/capture-analyze-golden.ts http://127.0.0.1:9200
 *   biome format --write query-language/test
 */
import { writeFileSync } from 'node:fs';

const OUTPUT = new URL('../test/analyze-golden.json', import.meta.url);
const RANDOM_TEXTS = 300;

const WRITTEN = [
  ...['', ' ', '!!!', '_', '__ _a a_ _1_', "it's 'quoted' rock 'n' roll", 'a:b a.b a,b 1.5 1,000 1:2 1;2 a;b', 'user_id user-id user.id'],
  ...['/api/orders/17', '10.0.0.1:8080', 'fe80::1%eth0', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'GET /x?a=1&b=two HTTP/1.1 200 12ms'],
  ...[
    'a@b.example',
    'https://shop.example/orders?id=17#top',
    'C:\\temp\\new',
    '{"level":"info","n":-1.5e3}',
    '2026-11-23T10:00:00.123456789Z',
  ],
  ...[
    'java.lang.IllegalStateException: no\n\tat a.b.C$D.<init>(C.java:17)',
    'key=value; key2="two words"',
    'snake_case camelCase kebab-case',
  ],
  ...[
    '주문 접수',
    '주문17번 ABC주문',
    '日本語のテキスト',
    'ひらがな カタカナ ｶﾀｶﾅ',
    '漢字17漢字',
    '中文分词，没有词典。',
    'カタカナーとABC',
  ],
  ...['สวัสดีชาวโลก', 'ສະບາຍດີ', 'ជំរាបសួរ ១២៣', 'မင်္ဂလာပါ', 'नमस्ते दुनिया', 'Привет, мир', 'ΟΔΥΣΣΕΥΣ Σ', 'İSTANBUL Iğdır ẞ', 'Ωmega Kelvin Å'],
  ...[
    'שלום עולם צה"ל ג\'ון',
    'السلام عليكم ١٢٣',
    'e\u0301te\u0301 nai\u0308ve',
    'soft\u00adhyphen zero\u200bwidth',
    '１２３ ＡＢＣ',
    'a\u200db',
    'ⅣⅨ Ⓐ',
  ],
  ...['👍', '👍👍', '👍🏽ok', '👨‍👩‍👧‍👦 family', '🇰🇷🇩🇪🇺', '1️⃣ #⃣ *️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️ ❤︎ ☂', '©2026 ™', '🧑🏿‍🚀!', '〰 〽', '\u200d👍', '🏽'],
  ...[
    'a'.repeat(255),
    'a'.repeat(256),
    'A'.repeat(600),
    '\u{10400}'.repeat(200),
    `${'a'.repeat(254)}\u{10400}b`,
    `${'a'.repeat(255)}.b`,
    `${'1'.repeat(250)}.${'2'.repeat(20)}`,
  ],
  ...[
    '\ud83d lone',
    'a\udc00b',
    '\ud800\ud800a',
    'nul\u0000nul',
    'bell\u0007bell \u001b[31mred\u001b[0m',
    'line\r\nfeed\u2028sep\u0085nel',
    'nbsp\u00a0x',
  ],
];

/** Characters of every class that the tokenizer tells apart, and some that it does not. */
const CHARACTERS = [
  ...[
    'a',
    'Z',
    'é',
    'ß',
    'İ',
    'Σ',
    'Ж',
    '1',
    '9',
    '０',
    '١',
    '_',
    '‿',
    '.',
    ',',
    ':',
    ';',
    "'",
    '’',
    '"',
    '-',
    '/',
    ' ',
    '\n',
    '\r',
    '\u2028',
  ],
  ...[
    'א',
    'ב',
    'ア',
    'ー',
    'ｶ',
    'ひ',
    '漢',
    '々',
    '한',
    'ᄀ',
    'ก',
    'ำ',
    'ຂ',
    'ខ',
    '្',
    'က',
    '\u0301',
    '\u00ad',
    '\u200d',
    '\u200c',
    '\u180e',
    '\ufe0f',
    '\ufe0e',
    '\u20e3',
  ],
  ...[
    '#',
    '*',
    '©',
    '™',
    '〰',
    '❤',
    '☀',
    '👍',
    '👨',
    '👩',
    '🚀',
    '🏽',
    '🏿',
    '🇪',
    '🇺',
    '🏴',
    '\u{e0067}',
    '\u{e007f}',
    '🬀',
    '\u{10400}',
    '\u{1d400}',
    '\ufffd',
    '\u{10ffff}',
  ],
];

const url = process.argv[2];
if (url === undefined) throw new Error('usage: node capture-analyze-golden.ts URL');

const texts = [...WRITTEN, ...randomTexts()];
const pairs: { text: string; tokens: (readonly [string, number, number])[] }[] = [];
for (const text of texts) pairs.push({ text, tokens: await analyze(url, text) });
writeFileSync(OUTPUT, `[\n${pairs.map((pair) => `  ${asciiJson(pair)}`).join(',\n')}\n]\n`);
console.log(`${pairs.length} texts`);

async function analyze(node: string, text: string): Promise<(readonly [string, number, number])[]> {
  const response = await fetch(new URL('/_analyze', node), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ analyzer: 'standard', text }),
  });
  const answer: unknown = await response.json();
  if (!isAnswer(answer)) throw new Error(`the node answered ${response.status}`);
  return answer.tokens.map(({ token, start_offset, end_offset }) => [token, start_offset, end_offset]);
}

function isAnswer(value: unknown): value is { tokens: { token: string; start_offset: number; end_offset: number }[] } {
  return typeof value === 'object' && value !== null && 'tokens' in value && Array.isArray(value.tokens);
}

/** The same ones at each run. */
function randomTexts(): string[] {
  let state = 20261123;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  return Array.from({ length: RANDOM_TEXTS }, () => {
    const length = 2 + below(14);
    return Array.from({ length }, () => CHARACTERS[below(CHARACTERS.length)] ?? '').join('');
  });
}

/** Escaped beyond ASCII, so that no editor or tool changes what is in the file. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
