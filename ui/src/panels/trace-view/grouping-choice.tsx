import type { Grouping } from '../../logic/groupings.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { Choice } from '../../shared/Choice/choice.tsx';

/** Whether spans are counted by service or by operation. */
export function GroupingChoice({ value, onChange }: { readonly value: Grouping; readonly onChange: (value: Grouping) => void }) {
  const t = useTranslate();
  return (
    <Choice
      legend={t('view.by')}
      isLegendHidden
      options={[
        { value: 'operation', label: t('view.byOperation') },
        { value: 'service', label: t('view.byService') },
      ]}
      value={value}
      onChange={onChange}
    />
  );
}
