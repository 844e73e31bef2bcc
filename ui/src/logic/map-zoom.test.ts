import { describe, expect, it } from 'vitest';
import { drawnSize } from './map-zoom.ts';

/** The map of the demo: five columns. */
const DEMO = { width: 1802, height: 455 };
/** Three columns. */
const SHORT = { width: 1_300, height: 455 };
const DESKTOP = { width: 1220, height: 512 };
const PHONE = { width: 390, height: 447 };

describe('drawnSize', () => {
  it('shows all of a map that can be read as it fits, with a margin', () => {
    const { scale, isWhole } = drawnSize(SHORT, { room: DESKTOP });
    expect(isWhole).toBe(true);
    expect(SHORT.width * scale).toBeLessThanOrEqual(DESKTOP.width - 16);
  });

  it('draws what could not be read as it fits as small as can be read, and does not say that it fits', () => {
    for (const room of [DESKTOP, PHONE]) expect(drawnSize(DEMO, { room })).toEqual({ scale: 0.92, isWhole: false });
  });

  it('shows all of a map where that is wished for, however small', () => {
    for (const room of [DESKTOP, PHONE]) {
      const { scale, isWhole } = drawnSize(DEMO, { room, zoom: 'fit' });
      expect(isWhole).toBe(true);
      expect(DEMO.width * scale).toBeLessThanOrEqual(room.width - 16);
      expect(DEMO.height * scale).toBeLessThanOrEqual(room.height - 16);
    }
  });

  it('enlarges nothing to fill the room, and follows a size that is asked for between the bounds', () => {
    const small = { width: 300, height: 100 };
    expect(drawnSize(small, { room: DESKTOP })).toEqual({ scale: 1, isWhole: true });
    expect(drawnSize(small, { room: DESKTOP, zoom: 1.5 })).toEqual({ scale: 1.5, isWhole: true });
    expect(drawnSize(DEMO, { room: DESKTOP, zoom: 9 })).toEqual({ scale: 2, isWhole: false });
    expect(drawnSize({ width: 90_000, height: 455 }, { room: PHONE, zoom: 'fit' })).toEqual({ scale: 0.1, isWhole: false });
  });

  it('says nothing fits before there is room', () => {
    expect(drawnSize(DEMO, { room: { width: 0, height: 0 } })).toEqual({ scale: 0.92, isWhole: false });
  });
});
