/** Where what a bundle says of its libraries finds the SDK. */
const BUNDLED = Symbol.for('threadline.bundled');
/** Before `pg@8.23.1`: a text that is kept however short a bundler makes names, so that it also says what a file has. */
const LABEL = 'threadline.bundled:';

/** A library inside of a bundle that says so as it runs. */
export interface BundledLibrary {
  readonly name: string;
  readonly version: string;
}

/** What a file of a library exports: CommonJS, or what an `import` sees of an ES module. */
export type ExportKind = 'exports' | 'namespace';

interface BundledExports {
  readonly kind: ExportKind;
  readonly value: unknown;
}

/** Is called with each library of a bundle that was made with our plugin, when its code has run and before whoever imports it. */
export function listenToBundles(listener: (library: BundledLibrary, exported: BundledExports) => void): void {
  Reflect.set(globalThis, BUNDLED, (label: string, kind: ExportKind, value: unknown) => {
    const [name, version] = splitAtVersion(label.slice(LABEL.length));
    listener({ name, version }, { kind, value });
  });
}

/** JavaScript that calls the listener, if there is one. `expression` is what the file calls its exports. */
export function announcement({ name, version }: BundledLibrary, kind: ExportKind, expression: string): string {
  const label = JSON.stringify(`${LABEL}${name}@${version}`);
  return `globalThis[Symbol.for(${JSON.stringify(BUNDLED.description)})]?.(${label}, ${JSON.stringify(kind)}, ${expression});`;
}

/** Whether a library that is inside of this file is announced. */
export function isAnnounced(file: Buffer, name: string): boolean {
  return file.includes(`${LABEL}${name}@`);
}

function splitAtVersion(text: string): [name: string, version: string] {
  const at = text.lastIndexOf('@');
  return [text.slice(0, at), text.slice(at + 1)];
}
