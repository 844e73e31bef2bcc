import type { ComponentProps } from 'react';
import { Icon, type IconName } from '../Icon/icon.tsx';
import styles from './button.module.css';

interface Look {
  readonly look?: 'plain' | 'primary' | 'quiet';
  readonly size?: 'normal' | 'small';
}

/** A button of the design; everything else is the browser's own. */
export function Button({ look = 'plain', size = 'normal', className, ...rest }: ComponentProps<'button'> & Look) {
  return <button type="button" {...rest} className={buttonClass({ look, size }, className)} />;
}

/** A button that shows an icon only: its name is for screen readers and on hover. */
export function IconButton({
  icon,
  label,
  look = 'quiet',
  size = 'normal',
  className,
  ...rest
}: ComponentProps<'button'> & Look & { readonly icon: IconName; readonly label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={buttonClass({ look, size }, `${styles.icon} ${className ?? ''}`)}
    >
      <Icon name={icon} />
    </button>
  );
}

/** The same look for links. */
export function buttonClass({ look = 'plain', size = 'normal' }: Look, more = ''): string {
  return [styles.button, look === 'plain' ? '' : styles[look], size === 'small' ? styles.small : '', more].filter(Boolean).join(' ');
}
