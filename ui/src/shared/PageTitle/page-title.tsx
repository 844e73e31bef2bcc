import styles from './page-title.module.css';

/** The heading of a page that shows no name of its own: a screen reader goes by it, and says where it is. */
export function PageTitle({ title }: { readonly title: string }) {
  return <h1 className={styles.title}>{title}</h1>;
}
