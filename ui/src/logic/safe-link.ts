/** The address when the whole text is an http or https URL, else undefined: nothing else out of data becomes a link. */
export function safeLink(text: string): string | undefined {
  if (!/^https?:\/\/[^\s<>"']+$/i.test(text)) return undefined;
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
    ? url.href
    : undefined;
}
