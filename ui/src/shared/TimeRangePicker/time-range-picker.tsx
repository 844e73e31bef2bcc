import * as Popover from '@radix-ui/react-popover';
import { zoneName } from '../../logic/time-format.ts';
import { presetOf, RANGE_PRESETS, resolveRange, type TimeRangeText } from '../../logic/time-range.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button, buttonClass } from '../Button/button.tsx';
import { Icon } from '../Icon/icon.tsx';
import { AbsoluteRangeForm } from './absolute-range-form.tsx';
import { presetLabel } from './preset-label.ts';
import { rangeLabel } from './range-label.ts';
import styles from './time-range-picker.module.css';

interface TimeRangePickerProps {
  readonly value: TimeRangeText;
  /** What `now` means for the range that is shown. */
  readonly nowMillis: number;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onChange: (range: TimeRangeText) => void;
}

/** The range that the page is about: presets up to now, or two instants in the reader's zone. */
export function TimeRangePicker({ value, nowMillis, open, onOpenChange, onChange }: TimeRangePickerProps) {
  const t = useTranslate();
  const format = useFormat();
  const choose = (range: TimeRangeText) => {
    onOpenChange(false);
    onChange(range);
  };
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger
        className={buttonClass({}, styles.trigger)}
        aria-label={`${t('time.range')}: ${rangeLabel(value, { nowMillis, t, format })}`}
      >
        <span className={styles.label}>{rangeLabel(value, { nowMillis, t, format })}</span>
        <Icon name="down" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.panel} align="end" sideOffset={4} collisionPadding={8} aria-label={t('time.range')}>
          <fieldset className={styles.presets} aria-label={t('time.presets')} style={{ border: 0, margin: 0, padding: 0 }}>
            {RANGE_PRESETS.map((preset) => (
              <Button
                key={preset}
                size="small"
                className={presetOf(value) === preset ? (styles.current ?? '') : ''}
                aria-pressed={presetOf(value) === preset}
                aria-label={presetLabel(preset, t)}
                title={presetLabel(preset, t)}
                onClick={() => choose({ from: `now-${preset}`, to: 'now' })}
              >
                {preset}
              </Button>
            ))}
          </fieldset>
          <AbsoluteRangeForm value={resolveRange(value, nowMillis)} zone={format.zone} onApply={choose} />
          <p className={styles.foot}>{t('time.zoneIs', { zone: zoneName(format.zone, nowMillis) })}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
