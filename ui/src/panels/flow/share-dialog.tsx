import { useState } from 'react';
import { formatBytes } from '../../logic/byte-format.ts';
import { showControls } from '../../logic/control-characters.ts';
import { SHARE_PATTERNS } from '../../logic/share-patterns.ts';
import { type FlowContents, MAX_SHARE_BYTES, type PreparedShare, shareFile } from '../../logic/shared-flow.ts';
import { useFormat } from '../../messages/format.tsx';
import { useTranslate } from '../../messages/translate.tsx';
import { Button } from '../../shared/Button/button.tsx';
import { Modal } from '../../shared/Modal/modal.tsx';
import { saveFile } from '../../shared/save-file.ts';
import styles from './share.module.css';
import { type Share, useShare } from './use-share.ts';

/** The viewer, built as one page of its own with a place for the data. */
const VIEWER_PAGE = '/viewer/viewer.html';
/** Without these no service and no flow could be told. */
const KEPT_KEYS: ReadonlySet<string> = new Set(['service.name', 'service.instance.id', 'correlation.id']);
const MAX_LISTED_KEYS = 200;

interface ShareDialogProps {
  readonly flow: FlowContents;
  /** All of it has been loaded. */
  readonly isComplete: boolean;
  readonly onClose: () => void;
}

/** Makes one file of the flow, and shows before what of it is hidden. */
export function ShareDialog({ flow, isComplete, onClose }: ShareDialogProps) {
  const t = useTranslate();
  const format = useFormat();
  const count = (value: number) => ({ count: value, shown: format.number(value) });
  return (
    <Modal title={t('share.title')} open onClose={onClose}>
      <p>{t('share.what', { spans: t('share.spans', count(flow.spans.length)), records: t('share.records', count(flow.logs.length)) })}</p>
      {flow.logs.some(({ bodyTruncated }) => bodyTruncated === true) && <p className={styles.muted}>{t('share.cut')}</p>}
      {isComplete ? <ShareForm flow={flow} /> : <p role="status">{t('share.loading')}</p>}
    </Modal>
  );
}

function ShareForm({ flow }: { readonly flow: FlowContents }) {
  const t = useTranslate();
  const share = useShare(flow);
  const { choice, setChoice, known } = share;
  return (
    <>
      <Rules share={share} />
      <div className={styles.fields}>
        <TextField label={t('share.names')} value={choice.names} onChange={(names) => setChoice({ names })} />
        <TextField label={t('share.texts')} value={choice.texts} onChange={(texts) => setChoice({ texts })} />
      </div>
      {known !== undefined && <Keys share={share} known={known} />}
      <Outcome share={share} name={flow.summary.correlationId} />
    </>
  );
}

function Rules({ share: { choice, setChoice, known } }: { readonly share: Share }) {
  const t = useTranslate();
  const format = useFormat();
  const found = (rule: 'name' | 'text' | (typeof SHARE_PATTERNS)[number]) =>
    known !== undefined && known.counts.hidden[rule] > 0 ? (
      <span className={styles.count}>{t('share.count', { shown: format.number(known.counts.hidden[rule]) })}</span>
    ) : null;
  return (
    <fieldset className={styles.rules}>
      <legend>{t('share.hidden')}</legend>
      <label className={styles.rule}>
        <input type="checkbox" checked disabled />
        <span>
          {t('share.rule.name')} <span className={styles.muted}>({t('share.always')})</span>
        </span>
        {found('name')}
      </label>
      {SHARE_PATTERNS.map((pattern) => (
        <label key={pattern} className={styles.rule}>
          <input
            type="checkbox"
            checked={choice.patterns.includes(pattern)}
            onChange={({ target }) =>
              setChoice({ patterns: target.checked ? [...choice.patterns, pattern] : choice.patterns.filter((one) => one !== pattern) })
            }
          />
          <span>{t(`share.rule.${pattern}`)}</span>
          {found(pattern)}
        </label>
      ))}
      {choice.texts !== '' && (
        <p className={styles.rule}>
          <span>{t('share.rule.text')}</span>
          {found('text')}
        </p>
      )}
    </fieldset>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextField({ label, value, onChange }: TextFieldProps) {
  const t = useTranslate();
  return (
    <label className={styles.field}>
      <span>
        {label} <span className={styles.muted}>({t('share.list')})</span>
      </span>
      <input className={styles.input} value={value} onChange={({ target }) => onChange(target.value)} />
    </label>
  );
}

/** Every key with an example as it would be shared, to be left out or taken along. */
function Keys({ share: { choice, setChoice }, known }: { readonly share: Share; readonly known: PreparedShare }) {
  const t = useTranslate();
  const format = useFormat();
  const listed = known.keys.filter(({ key }) => !KEPT_KEYS.has(key));
  return (
    <fieldset className={styles.rules}>
      <legend>{t('share.attributes')}</legend>
      <ul className={styles.keys}>
        {listed.slice(0, MAX_LISTED_KEYS).map(({ key, count, example }) => (
          <li key={key}>
            <label className={styles.rule}>
              <input
                type="checkbox"
                checked={!choice.leftOut.has(key)}
                onChange={({ target }) => {
                  const leftOut = new Set(choice.leftOut);
                  if (target.checked) leftOut.delete(key);
                  else leftOut.add(key);
                  setChoice({ leftOut });
                }}
              />
              <span className={styles.key}>{showControls(key)}</span>
              <span className={styles.example}>{showControls(example)}</span>
              <span className={styles.count}>{t('share.count', { shown: format.number(count) })}</span>
            </label>
          </li>
        ))}
      </ul>
      {listed.length > MAX_LISTED_KEYS && <p className={styles.muted}>{t('share.moreKeys', { shown: format.number(MAX_LISTED_KEYS) })}</p>}
    </fieldset>
  );
}

function Outcome({ share: { state }, name }: { readonly share: Share; readonly name: string }) {
  const t = useTranslate();
  const [outcome, setOutcome] = useState<'' | 'saved' | 'failed'>('');
  const isTooLarge = state.state === 'ready' && state.share.bytes > MAX_SHARE_BYTES;
  const save = async ({ pieces }: PreparedShare): Promise<void> => {
    const response = await fetch(VIEWER_PAGE);
    if (!response.ok) throw new Error(`${VIEWER_PAGE} answered ${response.status}`);
    saveFile(new Blob(shareFile(await response.text(), pieces), { type: 'text/html' }), `${name.replace(/[^\w.-]+/g, '_')}.html`);
    setOutcome('saved');
  };
  return (
    <div className={styles.outcome}>
      {state.state === 'working' && (
        <label className={styles.progress}>
          {t('share.working')} <progress max={1} value={state.progress} />
        </label>
      )}
      {state.state === 'ready' && (
        <span className={isTooLarge ? styles.problem : styles.muted} role={isTooLarge ? 'alert' : 'status'}>
          {t(isTooLarge ? 'share.tooLarge' : 'share.size', { size: formatBytes(state.share.bytes), limit: formatBytes(MAX_SHARE_BYTES) })}
        </span>
      )}
      <span role="status" className={outcome === 'failed' ? styles.problem : styles.muted}>
        {outcome === 'saved' && t('share.saved')}
        {(outcome === 'failed' || state.state === 'failed') && t('share.failed')}
      </span>
      <Button
        look="primary"
        disabled={state.state !== 'ready' || isTooLarge}
        onClick={() => {
          if (state.state === 'ready') save(state.share).catch(() => setOutcome('failed'));
        }}
      >
        {t('share.save')}
      </Button>
    </div>
  );
}
