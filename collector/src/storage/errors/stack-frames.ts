/** A frame as far as one line says it. */
export interface LineFrame {
  readonly name: string;
  readonly isApp: boolean;
}

export interface ScriptFrame extends LineFrame {
  readonly isMinified: boolean;
}

/** Nobody writes so far to the right by hand: what stands there was made by a bundler. */
const MINIFIED_COLUMN = 400;
/** Of a path, what tells files of one service apart; what stands before depends on the machine. */
const PATH_PARTS = 2;
const MAX_FILE_LENGTH = 200;
/** What bundlers put into a file's name. */
const BUILD_HASH = /^[.-](?=\w*\d)(?=\w*[A-Za-z])\w{8,64}$/;
/** A function's name without a word in it was given by a minifier. */
const MINIFIED_NAME = /^(?:[\w$]{1,2})(?:\.[\w$]{1,2})*$/;

const LIBRARY_PATH =
  /[/\\](?:node_modules|bower_components|\.yarn)[/\\]|^(?:node:|internal\/|native\b|wasm:|chrome-extension:|moz-extension:)|\(webpack\)|webpack\/(?:bootstrap|runtime)/;
const LIBRARY_FILE = /^(?:_http_|_stream_|_tls_)\w+\.js$/;

/** What follows `at ` in a stack of V8: `async Orders.place [as handler] (file:///app/src/orders.js:10:5)`, `/app/src/orders.js:10:5`. */
export function scriptFrame(text: string): ScriptFrame | undefined {
  let place = text;
  let called = '';
  if (text.endsWith(')')) {
    const open = placeStart(text);
    if (open === -1) return undefined;
    place = text.slice(open + 1, -1);
    called = text.slice(0, open).trim();
  } else if (text.startsWith('async ')) place = text.slice('async '.length);
  // `Promise.all (index 0)` is none of the program's.
  if (place.startsWith('index ')) return undefined;
  const { path, column } = splitPlace(place);
  const hasLine = path !== place;
  if (path === '' || (!hasLine && !/^(?:<anonymous>$|native$|eval at )/.test(path))) return undefined;
  const isUnknown = path === '<anonymous>' || path.startsWith('eval at ') || path.startsWith('evalmachine.');
  const isApp = !isUnknown && !LIBRARY_PATH.test(path) && !LIBRARY_FILE.test(path);
  const file = isUnknown ? '<anonymous>' : fileName(path);
  const isMinified = column >= MINIFIED_COLUMN;
  const name = isMinified ? '' : functionName(called);
  return { name: name === '' ? file : `${name} ${file}`, isApp, isMinified };
}

/** The bracket of a place that is one from its beginning on. */
const PLACE = / \((?=eval at |\/|\\\\|[A-Za-z][\w+.-]*:)/;

/** Where the bracket of the place opens; places may have brackets of their own, as `C:\\Program Files (x86)`. */
function placeStart(text: string): number {
  const whole = PLACE.exec(text)?.index ?? -1;
  const blank = whole === -1 ? text.lastIndexOf(' (') : whole;
  return blank === -1 ? -1 : blank + 1;
}

function splitPlace(place: string): { readonly path: string; readonly column: number } {
  const match = /:(\d{1,9})(?::(\d{1,9}))?$/.exec(place);
  if (!match) return { path: place, column: 0 };
  return { path: place.slice(0, match.index), column: match[2] === undefined ? 0 : Number(match[2]) };
}

/** Without what V8 puts around it, and empty for one that has none or one of a minifier. */
function functionName(called: string): string {
  const name = called
    .replace(/^async /, '')
    .replace(/ \[as [^\]]*\]$/, '')
    .replace(/^Object\./, '');
  if (name === '' || name.includes('<anonymous>') || name === 'eval' || MINIFIED_NAME.test(name)) return '';
  return name.replace(/\/</g, '');
}

/** The end of a path, without parts that differ from build to build. */
function fileName(path: string): string {
  const plain = path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  const parts = plain.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && !isRelease(part));
  const file = parts.pop() ?? '';
  return [...parts.slice(1 - PATH_PARTS), withoutHash(file)].join('/');
}

/** `20261126`, `v1.4.2`, a commit: the folder of one release. */
function isRelease(part: string): boolean {
  return /^v?\d[\d._-]*$/.test(part) || (/^[0-9a-f-]{7,64}$/i.test(part) && /\d/.test(part));
}

/** `main.3f2a9c1b.js` and `index-Bc4f9XaT.js` are `main.js` and `index.js`. */
function withoutHash(file: string): string {
  if (file.length > MAX_FILE_LENGTH) return file.slice(0, MAX_FILE_LENGTH);
  const [first = '', ...pieces] = file.split(/(?=[.-])/);
  return first + pieces.filter((piece) => !BUILD_HASH.test(piece)).join('');
}

/** Of packages that come with the JVM and the usual frameworks. */
const JAVA_LIBRARIES =
  /^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|clojure|akka|io\.netty|io\.grpc|io\.undertow|io\.vertx|io\.micrometer|io\.opentelemetry|io\.reactivex|io\.micronaut|io\.quarkus|io\.smallrye|io\.lettuce|org\.springframework|org\.apache|org\.hibernate|org\.eclipse|org\.jboss|org\.junit|org\.postgresql|org\.glassfish|org\.codehaus|org\.slf4j|org\.mockito|org\.gradle|org\.xnio|com\.fasterxml|com\.zaxxer|com\.mysql|com\.mongodb|com\.google\.(?:common|inject|gson|protobuf)|net\.bytebuddy|net\.sf\.cglib|okhttp3|okio|retrofit2|reactor|rx|ch\.qos\.logback|redis\.clients|worker\.org\.gradle)[.$]/;
const JAVA_SOURCE =
  /^(?:[^()/\\]+\.(?:java|kt|kts|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source|<generated>|[A-Za-z]\w*\.(?:java|kt):-?\d+)$/;
const DOTNET_LIBRARIES = /^(?:System|Microsoft|MS|Grpc|Npgsql|Newtonsoft|Dapper|Serilog|OpenTelemetry)\./;

/** A frame of the JVM, or of .NET: `at com.shop.Orders.place(Orders.java:42) ~[shop.jar:?]`, `at Shop.Orders.Place(String id) in /src/Orders.cs:line 42`. */
export function javaFrame(trimmed: string): ScriptFrame | undefined {
  const open = trimmed.indexOf('(');
  const close = trimmed.indexOf(')', open);
  if (open === -1 || close === -1) return undefined;
  const called = trimmed.slice('at '.length, open);
  if (/\s/.test(called) || !called.includes('.')) return undefined;
  if (JAVA_SOURCE.test(trimmed.slice(open + 1, close))) {
    // `java.base/java.lang.Thread.run`, `app//com.shop.Orders.place`.
    const name = stableClass(called).replace(/^.*\//, '');
    return { name, isApp: !JAVA_LIBRARIES.test(name), isMinified: false };
  }
  const rest = trimmed.slice(close + 1).trim();
  if (rest !== '' && !rest.startsWith('in ')) return undefined;
  // V8's `at Orders.place(…)` has a blank before its bracket; what has none is .NET's.
  return { name: called.replace(/`\d+/g, ''), isApp: !DOTNET_LIBRARIES.test(called), isMinified: false };
}

/** Without the numbers that the compiler and the proxies of a start give. */
function stableClass(name: string): string {
  return name
    .replace(/\$\$Lambda.*?(?=\.[^.]*$)/, '$$$$Lambda')
    .replace(/(\$\$[A-Za-z]+\$\$)[0-9a-f]+/g, '$1')
    .replace(/(lambda\$[^$.]+)\$\d+/g, '$1')
    .replace(/(\$Proxy|Accessor|\$)\d+/g, '$1');
}

const PYTHON_FRAME = /^File "([^"]*)", line \d+(?:, in (.+))?$/;
const PYTHON_LIBRARY =
  /[/\\](?:site-packages|dist-packages)[/\\]|[/\\]lib(?:64)?[/\\]python\d(?:\.\d+)?[/\\]|^<|[/\\]\.pyenv[/\\]versions[/\\]/;

/** `File "/app/orders.py", line 42, in place`. */
export function pythonFrame(trimmed: string): LineFrame | undefined {
  const [, path, called = ''] = PYTHON_FRAME.exec(trimmed) ?? [];
  if (path === undefined) return undefined;
  const file = path.startsWith('<') ? path : fileName(path);
  return { name: called === '' ? file : `${called} ${file}`, isApp: !PYTHON_LIBRARY.test(path) };
}

const GO_PLACE = /^\s+(\S.*\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?$/;
const GO_CALL = /^(?:created by )?([\w./~*()[\]{}@%$·-]+?)(?:\([^()]*\))?(?: in goroutine \d+)?$/;
const GO_LIBRARY_PLACE = /@v\d|[/\\]pkg[/\\]mod[/\\]|[/\\]vendor[/\\]|[/\\]go[/\\]src[/\\]|[/\\]libexec[/\\]src[/\\]/;
/** First parts of the standard library's packages; a module of one's own has a dot in its first part, or is `main`, as a rule. */
const GO_STANDARD = new Set(
  'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings sync syscall testing text time unicode unique unsafe vendor weak panic'.split(
    ' ',
  ),
);

/** A frame of Go stands in two lines: `main.place(0xc000012345, 0x2)` and `\t/app/orders.go:42 +0x1d`. */
export function goFrame(line: string, next: string): LineFrame | undefined {
  const place = GO_PLACE.exec(next)?.[1];
  if (place === undefined || /^\s/.test(line)) return undefined;
  const called = GO_CALL.exec(line)?.[1];
  if (called === undefined) return undefined;
  const name = called.replace(/(?:\.func\d+|\.\d+|\.gowrap\d+)+$/, '.func').replace(/@v[\w.+-]+/, '');
  const first = /^[^./]+/.exec(name)?.[0] ?? '';
  const hasDomain = /^[^/]*\.[^/]*\//.test(name);
  const isStandard = !hasDomain && GO_STANDARD.has(first);
  return { name, isApp: !isStandard && !GO_LIBRARY_PLACE.test(place) };
}
