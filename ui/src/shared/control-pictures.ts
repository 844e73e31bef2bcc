/**
 * Whether this browser's fonts draw control characters' pictures: two different ones that look the same are both the
 * box that stands for an unknown character.
 */
export function hasControlPictures(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = 48;
  canvas.height = 24;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return true;
  const draw = (character: string): string => {
    context.clearRect(0, 0, 48, 24);
    context.font = '16px monospace';
    context.fillText(character, 2, 18);
    return context.getImageData(0, 0, 48, 24).data.join();
  };
  return draw('\u241b') !== draw('\u2400');
}
