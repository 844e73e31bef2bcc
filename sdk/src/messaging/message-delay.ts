/** Of a message that its sender holds back: who waits for it in vain knows from when on. */
const DELAY = 'threadline.message.delay_millis';

/** The attribute for a delay in milliseconds; none without. */
export function delayAttribute(millis: unknown): Readonly<Record<string, number>> {
  return typeof millis === 'number' && millis > 0 ? { [DELAY]: millis } : {};
}
