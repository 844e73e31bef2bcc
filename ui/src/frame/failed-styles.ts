/**
 * Takes styles that could not be fetched out of the document. What loads pages takes a link that is there for one that was loaded: a page that was opened while
 * the collector was away stayed without its styles. Called once.
 */
export function forgetFailedStyles(): void {
  const forget = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.remove();
  };
  // Failures of loading do not bubble.
  window.addEventListener('error', forget, { capture: true });
}
