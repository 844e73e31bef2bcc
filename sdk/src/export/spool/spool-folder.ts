import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSignal, type Signal } from '../batch.ts';
import { describeOwner, isDead, type Owner, parseOwner } from './owner.ts';

/** Users' data: nobody else may look. */
const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
const OWNER_FILE = 'owner.json';
const DRAFT_FILE = 'draft';
const SET_ASIDE = 'set-aside';
/** Enough to see what happened, too few to fill a disk. */
const MAX_SET_ASIDE_FILES = 4;
const FOLDER_NAME = /^\d+-[0-9a-f]{8}$/;
const FILE_NAME = /^(traces|logs)-(\d{13,15})-[0-9a-f]{8}\.batches$/;

/** A file of batches of one signal. Its name says which, and when it was begun. */
export interface SpoolFile {
  readonly path: string;
  readonly signal: Signal;
  readonly createdMillis: number;
  /** Whether an ended process left it. */
  readonly isInherited: boolean;
}

/** What lies in the folders of other processes. */
export interface OthersSize {
  readonly byteCount: number;
  readonly folderCount: number;
}

/**
 * The folder in which this process writes, beside those of other processes, and what the dead among them left.
 *
 *     <root>/                                0700
 *       <pid>-<random>/                      0700  one a running SDK
 *         owner.json                               who that is; gone when it is done
 *         draft                              0600  a file that is not whole yet
 *         traces-<millis>-<random>.batches   0600  begun at that time
 *         logs-<millis>-<random>.batches
 *       set-aside/                                 files that could not be read
 *
 * A file changes hands by `rename`, which only one can do. Nothing is made before there is something to keep.
 */
export class SpoolFolder {
  readonly #root: string;
  readonly #privateParent: string | undefined;
  readonly #path: string;
  #owner: Owner | undefined;
  #isOurs = false;
  #isReleased = false;

  /** `privateParent` is a folder above, at a place where anyone may make one, that must be this user's own. */
  constructor(root: string, privateParent: string | undefined) {
    this.#root = root;
    this.#privateParent = privateParent;
    this.#path = join(root, `${process.pid}-${randomBytes(4).toString('hex')}`);
  }

  /** A path that no other file has; the folder is made when it is missing. Throws what the file system says. */
  newFile(signal: Signal, createdMillis: number): SpoolFile {
    this.#create();
    const path = join(this.#path, `${signal}-${createdMillis}-${randomBytes(4).toString('hex')}.batches`);
    return { path, signal, createdMillis, isInherited: false };
  }

  /** For a file that is to be whole from its first moment: no process takes it over from here. */
  get draftPath(): string {
    return join(this.#path, DRAFT_FILE);
  }

  /** Takes over the files of processes that are gone, oldest first. One that another process takes meanwhile is its. Rejects for a folder that is another user's. */
  async adopt(): Promise<SpoolFile[]> {
    const adopted: SpoolFile[] = [];
    const folders = await listFolder(this.#root);
    if (folders.length > 0) this.#requirePrivate();
    for (const folder of folders) {
      if (join(this.#root, folder) === this.#path || !(await this.#isAbandoned(folder))) continue;
      for (const name of await listFolder(join(this.#root, folder))) {
        const file = this.#parse(name);
        if (file === undefined) continue;
        this.#create();
        if (await succeeds(rename(join(this.#root, folder, name), file.path))) adopted.push(file);
      }
      for (const name of [OWNER_FILE, DRAFT_FILE]) await rm(join(this.#root, folder, name), { force: true });
      await succeeds(rmdir(join(this.#root, folder)));
    }
    return adopted.sort((a, b) => a.createdMillis - b.createdMillis);
  }

  /** Never rejects. */
  async measureOthers(): Promise<OthersSize> {
    const names = (await listFolder(this.#root)).filter((name) => FOLDER_NAME.test(name));
    const folders = names.map((name) => join(this.#root, name)).filter((folder) => folder !== this.#path);
    const paths = await Promise.all(folders.map(async (folder) => (await listFolder(folder)).map((name) => join(folder, name))));
    const sizes = await Promise.all(
      paths.flat().map((path) =>
        stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return { byteCount: sizes.reduce((sum, size) => sum + size, 0), folderCount: folders.length };
  }

  /** Tells processes that cannot see this one that it is still there. Never rejects. */
  async touch(): Promise<void> {
    const now = new Date();
    if (this.#isOurs) await succeeds(utimes(join(this.#path, OWNER_FILE), now, now));
  }

  /** Puts a file away that could not be read; answers where it is, or undefined when it is gone. Never rejects. */
  async setAside(file: SpoolFile): Promise<string | undefined> {
    const folder = join(this.#root, SET_ASIDE);
    const target = join(folder, file.path.slice(dirname(file.path).length + 1));
    await succeeds(mkdir(folder, { mode: FOLDER_MODE }));
    const kept = (await listFolder(folder)).sort((a, b) => timeInName(a) - timeInName(b));
    for (const name of kept.slice(0, Math.max(0, kept.length - MAX_SET_ASIDE_FILES + 1))) await rm(join(folder, name), { force: true });
    return (await succeeds(rename(file.path, target))) ? target : undefined;
  }

  /** What is left here, and what still comes, is anybody's from now on. */
  releaseSync(): void {
    this.#isReleased = true;
    if (!this.#isOurs) return;
    try {
      rmSync(this.draftPath, { force: true });
      unlinkSync(join(this.#path, OWNER_FILE));
      rmdirSync(this.#path);
    } catch {
      // There are files for the next process, or someone has cleaned up before.
    }
  }

  #create(): void {
    if (this.#isOurs && exists(this.#path)) return;
    this.#requirePrivate();
    if (this.#isReleased) {
      makeFolders(this.#path);
      return;
    }
    // With its owner in it from the first moment, so that no other process takes it for an abandoned one.
    const draft = join(this.#root, `.${randomBytes(4).toString('hex')}`);
    makeFolders(this.#root);
    mkdirSync(draft, { mode: FOLDER_MODE });
    writeFileSync(join(draft, OWNER_FILE), JSON.stringify(this.#self()), { mode: FILE_MODE });
    renameSync(draft, this.#path);
    this.#isOurs = true;
  }

  #self(): Owner {
    this.#owner ??= describeOwner();
    return this.#owner;
  }

  #requirePrivate(): void {
    if (this.#privateParent !== undefined) ensurePrivateFolder(this.#privateParent);
  }

  async #isAbandoned(folder: string): Promise<boolean> {
    if (!FOLDER_NAME.test(folder)) return false;
    const path = join(this.#root, folder, OWNER_FILE);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      const owner = parseOwner(text);
      return owner === undefined || isDead(owner, this.#self(), Date.now() - mtimeMs);
    } catch (error) {
      return codeOf(error) === 'ENOENT';
    }
  }

  #parse(name: string): SpoolFile | undefined {
    const [, signal, millis] = FILE_NAME.exec(name) ?? [];
    return isSignal(signal) ? { path: join(this.#path, name), signal, createdMillis: Number(millis), isInherited: true } : undefined;
  }
}

/**
 * Makes a folder for this user's processes alone, where others could have made one by that name before, as in `/tmp`.
 * Throws when it is not this user's, is a link, or when others may write there.
 */
function ensurePrivateFolder(path: string): void {
  makeFolders(path);
  const found = lstatSync(path);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && (found.uid !== uid || (found.mode & 0o022) !== 0))) {
    throw new Error(`${path} is not this user’s own folder`);
  }
}

/** Not by Node's own `recursive`, which goes on for ever where a file system allows no folder, as in `/proc`. */
function makeFolders(path: string): void {
  if (exists(path)) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function timeInName(name: string): number {
  return Number(FILE_NAME.exec(name)?.[2] ?? 0);
}

async function listFolder(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}

async function succeeds(done: Promise<unknown>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
