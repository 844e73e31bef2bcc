import * as Tabs from '@radix-ui/react-tabs';
import type { ReactNode } from 'react';
import styles from './view-tabs.module.css';

interface ViewTabsProps<View extends string> {
  readonly label: string;
  readonly views: readonly { readonly value: View; readonly label: string }[];
  readonly view: View;
  readonly onView: (view: View) => void;
  /** Beside the tabs. */
  readonly tools?: ReactNode;
  /** A `ViewPanel` of each view. */
  readonly children: ReactNode;
}

/** Views of one thing, one of them at a time, each filling what is left of the page. */
export function ViewTabs<View extends string>({ label, views, view, onView, tools, children }: ViewTabsProps<View>) {
  return (
    <Tabs.Root
      className={styles.tabs}
      value={view}
      onValueChange={(value) => {
        const chosen = views.find((known) => known.value === value);
        if (chosen) onView(chosen.value);
      }}
    >
      <div className={styles.bar}>
        <Tabs.List aria-label={label} className={styles.list}>
          {views.map((each) => (
            <Tabs.Trigger key={each.value} className={styles.tab} value={each.value}>
              {each.label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {tools}
      </div>
      {children}
    </Tabs.Root>
  );
}

/** What a tab shows; made when it is first looked at and given up when another is. */
export function ViewPanel<View extends string>({ view, children }: { readonly view: View; readonly children: ReactNode }) {
  return (
    <Tabs.Content className={styles.panel} value={view} tabIndex={-1}>
      {children}
    </Tabs.Content>
  );
}
