/** Longer ones are cut: they are shown in a row beside others. */
const MAX_TARGET_CHARACTERS = 120;
/** Without who asks and what for. */
const HOST_AND_PATH = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)/i;

/**
 * What a call went to, as a person reads it behind the name of its span, as far as that does not say it: host and path of `url`, and where that is none, `peer`: a host, or a
 * system and what it has in it (`postgresql shop`). Empty where both are.
 */
export function formatCallTarget(name: string, { peer, url }: { readonly peer: string; readonly url: string }): string {
  const [, host = '', path = ''] = HOST_AND_PATH.exec(url) ?? [];
  if (host === '') return cut(withoutNamed(name, peer, peer.indexOf(' ')));
  return cut(withoutNamed(name, path === '/' ? host : host + path, host.length));
}

/** A target without the path of its URL. */
export function withoutPath(target: string): string {
  const slash = target.indexOf('/');
  return slash === -1 ? target : target.slice(0, slash);
}

/** Without what stands behind the end of its first part, where the name has that; nothing where the name has what is left as a word. */
function withoutNamed(name: string, target: string, end: number): string {
  const rest = end === -1 ? '' : target.slice(end).trim();
  const left = rest !== '' && name.includes(rest) ? target.slice(0, end) : target;
  return left !== '' && ` ${name} `.includes(` ${left} `) ? '' : left;
}

function cut(text: string): string {
  return text.length <= MAX_TARGET_CHARACTERS ? text : `${text.slice(0, MAX_TARGET_CHARACTERS)}…`.toWellFormed();
}
