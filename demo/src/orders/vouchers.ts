/** What a voucher takes off, in percent. */
const VOUCHERS: ReadonlyMap<string, { readonly percentOff: number | undefined }> = new Map([
  ['WELCOME10', { percentOff: 10 }],
  // Somebody once saved this one without its discount: the bug that a demo of error search needs.
  ['SUMMER24', { percentOff: undefined }],
]);

/** The price with the voucher taken off. A code that nobody issued takes nothing off. */
export function applyVoucher(totalCents: number, code: string | undefined): number {
  const voucher = code === undefined ? undefined : VOUCHERS.get(code);
  if (voucher === undefined) return totalCents;
  if (voucher.percentOff === undefined) throw new TypeError(`voucher ${code} has no percentOff`);
  return Math.round(totalCents * (1 - voucher.percentOff / 100));
}
