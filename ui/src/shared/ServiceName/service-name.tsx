import { showControls } from '../../logic/control-characters.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { useServiceColor } from './service-hues.tsx';
import styles from './service-name.module.css';

/** A service's name beside its colour; a sender that gave none is called unnamed. */
export function ServiceName({ name }: { readonly name: string }) {
  const t = useTranslate();
  const colorOf = useServiceColor();
  return (
    <span className={styles.service}>
      <span className={styles.swatch} style={{ background: colorOf(name) }} aria-hidden="true" />
      <span className={name === '' ? styles.unnamed : styles.name}>{name === '' ? t('service.unnamed') : showControls(name)}</span>
    </span>
  );
}
