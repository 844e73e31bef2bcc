const NANOS_PER_SECOND = 1_000_000_000n;
/** The last second that RFC 3339 has a year for. */
const MAX_SECONDS = 253_402_300_799n;

/** A time from 1970 on in UTC with as many decimals as it needs: `2026-11-23T10:00:00Z`, `…:00.5Z`. Beyond the year 9999: that year's last second. */
export function formatRfc3339(nanos: bigint): string {
  const seconds = nanos / NANOS_PER_SECOND;
  const whole = new Date(Number(seconds > MAX_SECONDS ? MAX_SECONDS : seconds) * 1_000).toISOString().slice(0, 19);
  const fraction = (nanos % NANOS_PER_SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}
