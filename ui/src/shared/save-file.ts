/** Long enough for a browser to have begun with the file. */
const KEEP_MILLIS = 60_000;

/** Hands a file to the reader, as a download. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MILLIS);
}
