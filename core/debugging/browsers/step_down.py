"""Program that drops root's privileges and executes a browser: ``UID GID PROGRAM ARGUMENT …``.

With ``--try PATH …`` instead of a program it prints, one per line, the paths that the user cannot read, and
``namespaces`` if the user may create the namespaces that Chromium's sandbox needs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000  # clone(2)
PROFILE_FLAG = "--user-data-dir="
HOMES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")


def main(user: int, group: int, command: list[str]) -> None:
    """Execute *command* as *user* and *group*, or run the trial."""
    system = ctypes.CDLL(None)
    profile = next((word.removeprefix(PROFILE_FLAG) for word in command if word.startswith(PROFILE_FLAG)), None)
    if profile is not None:
        _hand_over(profile, user, group)
    if user != os.geteuid():
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    if command[0] == "--try":
        _try(command[1:], system)
        return
    # The browser must not outlive its parent. Changing the user has reset this flag.
    system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        os.execv(command[0], command)  # noqa: S606 (intentionally without a shell)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _hand_over(profile: str, user: int, group: int) -> None:
    for folder, folders, files in os.walk(profile):
        for name in ("", *folders, *files):
            os.chown(os.path.join(folder, name), user, group, follow_symlinks=False)  # noqa: PTH118 (starts faster)
    os.chdir(profile)
    os.environ["HOME"] = profile
    for name in HOMES:
        os.environ.pop(name, None)


def _try(paths: list[str], system: ctypes.CDLL) -> None:
    for path in paths:
        if not os.access(path, os.R_OK | os.X_OK):
            print(path)
    if system.unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET) == 0:
        print("namespaces")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
