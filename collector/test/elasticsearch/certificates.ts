import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findJdk } from '../../../deploy/elasticsearch/find-jdk.mjs';

const run = promisify(execFile);
const PASSPHRASE = 'only-for-this-test';

export interface TestCertificates {
  /** The authority's certificate, in PEM. */
  readonly authorityFile: string;
  /** Key and certificate of a server at localhost that the authority signed. */
  readonly server: { readonly pfx: Buffer; readonly passphrase: string };
}

/** An authority of this run's own and a server that it vouches for, made by the JDK that Elasticsearch needs as well. */
export async function createCertificates(directory: string): Promise<TestCertificates> {
  const jdk = findJdk();
  if (!jdk) throw new Error('no JDK');
  const store = join(directory, 'server.p12');
  const keytool = (...options: string[]) =>
    run(join(jdk.home, 'bin', 'keytool'), [...options, '-keystore', store, '-storetype', 'PKCS12', '-storepass', PASSPHRASE]);
  const generate = ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-startdate', '-1d', '-validity', '3'];
  await keytool(...generate, '-alias', 'authority', '-dname', 'CN=Authority of a test', '-ext', 'bc:critical=ca:true');
  await keytool(
    ...generate,
    '-alias',
    'server',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=dns:localhost,ip:127.0.0.1',
    '-signer',
    'authority',
  );
  const authorityFile = join(directory, 'authority.pem');
  await keytool('-exportcert', '-rfc', '-alias', 'authority', '-file', authorityFile);
  await keytool('-delete', '-alias', 'authority');
  return { authorityFile, server: { pfx: await readFile(store), passphrase: PASSPHRASE } };
}
