import type { Terminal } from './terminal.ts';

const BAR_CHARACTERS = 24;
const REDRAW_MILLIS = 100;
/** Where nobody looks at it as it comes, a line now and then says that it goes on. */
const LINE_MILLIS = 10_000;

export interface ProgressOptions {
  readonly terminal: Terminal;
  /** What is counted, in the plural: `records`. */
  readonly noun: string;
}

/**
 * How far something has come: a bar that is drawn again in place for a person, a line each ten seconds for a log. `share` is from 0 to 1, undefined where
 * the whole is not known.
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedAt = performance.now();
  #shownAt = 0;
  #isDrawn = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  async show(count: number, share: number | undefined): Promise<void> {
    const { terminal } = this.#options;
    const now = performance.now();
    if (
      now - Math.max(this.#shownAt, terminal.isInteractive ? 0 : this.#startedAt) <
      (terminal.isInteractive ? REDRAW_MILLIS : LINE_MILLIS)
    )
      return;
    this.#shownAt = now;
    if (!terminal.isInteractive) {
      await terminal.write(`${this.#text(count, share)}\n`);
      return;
    }
    this.#isDrawn = true;
    const bar =
      share === undefined
        ? ''
        : `${terminal.style('█'.repeat(Math.round(share * BAR_CHARACTERS)), 'cyan')}${terminal.style('░'.repeat(BAR_CHARACTERS - Math.round(share * BAR_CHARACTERS)), 'dim')} `;
    await terminal.write(`\r\u001b[K${bar}${this.#text(count, share)}`);
  }

  /** Takes the bar away, to write something else. */
  async clear(): Promise<void> {
    if (this.#isDrawn) await this.#options.terminal.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  /** `12,000 records in 3.2 s (3,750/s)`. */
  summary(count: number): string {
    const seconds = this.#seconds();
    return `${grouped(count)} ${this.#options.noun} in ${seconds.toFixed(1)} s (${grouped(Math.round(count / seconds))}/s)`;
  }

  #text(count: number, share: number | undefined): string {
    const seconds = this.#seconds();
    const rate = `${grouped(count)} ${this.#options.noun}  ${grouped(Math.round(count / seconds))}/s`;
    if (share === undefined) return rate;
    const left = share > 0 ? (seconds / share) * (1 - share) : undefined;
    return `${String(Math.floor(share * 100)).padStart(3)} %  ${rate}${left === undefined ? '' : `  ${clock(left)} left`}`;
  }

  #seconds(): number {
    return Math.max(0.001, (performance.now() - this.#startedAt) / 1_000);
  }
}

/** `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
