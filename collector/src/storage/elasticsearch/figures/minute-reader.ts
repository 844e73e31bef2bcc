const NANOS_A_MINUTE = 60_000_000_000n;

/** The minute since 1970 of times, most of which are of the same one as those before. */
export class MinuteReader {
  #minute = 0;
  #firstHigh = 0;
  #firstLow = 0;
  #endHigh = 0;
  #endLow = 0;

  read(high: number, low: number): number {
    const isBefore = high < this.#firstHigh || (high === this.#firstHigh && low < this.#firstLow);
    const isBehind = high > this.#endHigh || (high === this.#endHigh && low >= this.#endLow);
    if (isBefore || isBehind) this.#goTo((BigInt(high) << 32n) | BigInt(low));
    return this.#minute;
  }

  #goTo(nanos: bigint): void {
    const minute = nanos / NANOS_A_MINUTE;
    const first = minute * NANOS_A_MINUTE;
    const end = first + NANOS_A_MINUTE;
    this.#minute = Number(minute);
    this.#firstHigh = Number(first >> 32n);
    this.#firstLow = Number(first & 0xffff_ffffn);
    this.#endHigh = Number(end >> 32n);
    this.#endLow = Number(end & 0xffff_ffffn);
  }
}
