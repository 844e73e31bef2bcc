/** Unix nanoseconds; milliseconds are what the system's clock is good for. */
export function nowNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
