import { useQuery } from '@tanstack/react-query';
import { environmentsQuery } from '../../api/queries.ts';
import { showControls } from '../../logic/control-characters.ts';
import { type Environment, environmentUrl, parseEnvironment } from '../../logic/environment.ts';
import type { TimeRangeText } from '../../logic/time-range.ts';
import { useTranslate } from '../../messages/translate.tsx';
import { SelectField } from './select-field.tsx';

interface EnvironmentSelectProps {
  readonly environment: Environment;
  readonly onChange: (environment: Environment) => void;
  readonly range: TimeRangeText;
  /** Absent: those of all services. */
  readonly service?: string;
}

/** Of which environment everything is that a page shows. Nothing where there is no choice: all is of one, and that is what is shown. */
export function EnvironmentSelect({ environment, onChange, range, service }: EnvironmentSelectProps) {
  const t = useTranslate();
  const known = useQuery(environmentsQuery(range, service)).data?.environments ?? [];
  const names = environment === undefined || known.includes(environment) ? known : [...known, environment];
  if (environment === undefined && names.length < 2) return null;
  return (
    <SelectField
      label={t('service.environment')}
      value={environmentUrl(environment).env ?? ''}
      onChange={(env) => onChange(env === '' ? undefined : parseEnvironment(env))}
    >
      <option value="">{t('environment.all')}</option>
      {names.map((name) => (
        <option key={name} value={environmentUrl(name).env}>
          {name === '' ? t('environment.unset') : showControls(name)}
        </option>
      ))}
    </SelectField>
  );
}
