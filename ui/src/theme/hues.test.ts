import { describe, expect, it } from 'vitest';
import { HUE_COUNT } from '../logic/service-color.ts';

type Triple = readonly [number, number, number];

const FILES: Readonly<Record<string, string>> = import.meta.glob('./tokens.css', { query: '?raw', import: 'default', eager: true });
const CSS = Object.values(FILES)[0] ?? '';
const GROUNDS = { light: ['#fcfcfd', '#ffffff'], dark: ['#0f1115', '#161a20'] } as const;
/** Of OKLab: below about 0.05 two small marks beside each other look alike. */
const LEAST_DISTANCE = { everyone: 0.11, withoutGreen: 0.06, withoutRed: 0.06 } as const;
/** How linear colours look without one kind of cone. Source: Machado, Oliveira and Fernandes 2009, severity 1. */
const EYES: Readonly<Record<keyof typeof LEAST_DISTANCE, readonly [Triple, Triple, Triple]>> = {
  everyone: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  withoutGreen: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  withoutRed: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

function huesOf(scheme: 'light' | 'dark'): string[] {
  return [...CSS.matchAll(/--hue-\d+: light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, light = '', dark = '']) =>
    scheme === 'light' ? light : dark,
  );
}

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function multiply(rows: readonly [Triple, Triple, Triple], [x, y, z]: Triple): Triple {
  const [first, second, third] = rows.map(([a, b, c]) => a * x + b * y + c * z);
  return [first ?? 0, second ?? 0, third ?? 0];
}

/** Source: Björn Ottosson, "A perceptual color space for image processing". */
function okLab(color: Triple): Triple {
  const [l, m, s] = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    color,
  );
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)],
  );
}

function seen(hex: string, eye: keyof typeof EYES): Triple {
  const [red, green, blue] = multiply(EYES[eye], linear(hex));
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return okLab([clamp(red), clamp(green), clamp(blue)]);
}

function luminance(hex: string): number {
  const [red, green, blue] = linear(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(['light', 'dark'] as const)('the hues of services in the %s scheme', (scheme) => {
  const hues = huesOf(scheme);

  it.each(['everyone', 'withoutGreen', 'withoutRed'] as const)('are told apart by eyes of: %s', (eye) => {
    const pairs = hues.flatMap((hue, place) =>
      hues.slice(0, place).map((other) => ({ pair: `${other} ${hue}`, a: seen(hue, eye), b: seen(other, eye) })),
    );
    const close = pairs.filter(({ a, b }) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) < LEAST_DISTANCE[eye]);
    expect(pairs).toHaveLength((HUE_COUNT * (HUE_COUNT - 1)) / 2);
    expect(close.map(({ pair }) => pair)).toEqual([]);
  });

  it('stand out from the ground and the panel', () => {
    expect(hues.filter((hue) => GROUNDS[scheme].some((ground) => contrast(hue, ground) < 3))).toEqual([]);
  });
});
