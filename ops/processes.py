"""Start processes so that none is left behind, whichever of them is killed.

Three nets, one below the other:
1. The supervisor adopts every orphan below it (`PR_SET_CHILD_SUBREAPER`), so at the end it finds and ends all of them.
2. A guardian stands above the supervisor and does the same when the supervisor itself is killed; when the guardian is killed,
   the kernel tells the supervisor (`PR_SET_PDEATHSIG`), which then stops everything in order.
3. Each service gets its own stop signal from the kernel when its parent dies, for the case that both are killed at once.

Signals are not handled asynchronously: they are blocked and taken from the queue by `sigtimedwait`, one at a time.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SI_KERNEL = 0x80
STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
QUEUE = STOPS | {signal.SIGCHLD}

_libc = ctypes.CDLL(None, use_errno=True)


class Stop(BaseException):
    """Someone asked us to stop."""

    def __init__(self, signo: int, *, from_terminal: bool) -> None:
        super().__init__(signal.Signals(signo).name)
        self.signo = signo
        self.from_terminal = from_terminal


def tell_me_when_my_parent_dies(signo: int, parent: int) -> None:
    """Ask the kernel for a signal at the parent's death, also when it died before we could ask."""
    _libc.prctl(PR_SET_PDEATHSIG, int(signo), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every process below us whose own parent ends."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@dataclass
class Child:
    """One process that we started, and how it is stopped."""

    name: str
    pid: int
    stop_signal: int
    own_session: bool
    code: int | None = field(default=None)

    @property
    def ended(self) -> bool:
        """Tell whether the process has ended and was reaped."""
        return self.code is not None

    def signal(self, signo: int) -> None:
        """Send a signal unless the process has ended."""
        if not self.ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signo)


class Family:
    """All processes below this one."""

    def __init__(self) -> None:
        self.children: dict[int, Child] = {}

    def start(
        self,
        name: str,
        command: list[str],
        *,
        env: dict[str, str],
        log: Path | None = None,
        stop_signal: int = signal.SIGTERM,
        user: str | None = None,
        cwd: Path | None = None,
        output: IO[bytes] | int | None = None,
        own_session: bool = True,
    ) -> Child:
        """Start a process, its output appended to `log`; in a session of its own it does not hear the terminal's Ctrl-C."""
        parent = os.getpid()
        record = pwd.getpwnam(user) if user else None

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            tell_me_when_my_parent_dies(stop_signal, parent)

        with log.open("ab") if log else open(os.devnull, "ab") as sink:
            process = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL if own_session else None,
                stdout=output if output is not None else (sink if own_session else None),
                stderr=sink if own_session else None,
                start_new_session=own_session,
                preexec_fn=prepare,
                user=record.pw_uid if record else None,
                group=record.pw_gid if record else None,
                extra_groups=[] if record else None,
            )
        process.returncode = 0  # We reap it ourselves; Popen shall not wait for it.
        child = Child(name, process.pid, stop_signal, own_session)
        self.children[child.pid] = child
        return child

    def wait(self, seconds: float) -> list[Child]:
        """Wait until some of our children end and return them, or none after that time; raises Stop when asked to stop."""
        ended = self.reap()
        if ended:
            return ended
        got = signal.sigtimedwait(QUEUE, max(seconds, 0))
        if got is not None and got.si_signo in STOPS:
            raise Stop(got.si_signo, from_terminal=got.si_code == SI_KERNEL)
        return self.reap()

    def wait_for(self, child: Child, *, seconds: float = float("inf")) -> int | None:
        """Wait for the end of one child and return its exit code, None when the time is over; raises Stop when asked to stop."""
        until = time.monotonic() + seconds
        while not child.ended and time.monotonic() < until:
            self.wait(min(until - time.monotonic(), 60))
        return child.code

    def reap(self) -> list[Child]:
        """Take note of every process below us that has ended, adopted ones too, and return those that we started."""
        ended = []
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                child = self.children.pop(pid, None)
                if child:
                    child.code = os.waitstatus_to_exitcode(status)
                    ended.append(child)
        return ended

    def stop(self, children: list[Child], *, seconds: float) -> None:
        """Ask the children to end, and kill them, and what they leave behind, after that time."""
        for child in children:
            child.signal(child.stop_signal)
        self._until(seconds, lambda: all(child.ended for child in children))
        for child in children:
            child.signal(signal.SIGKILL)
            self.clear_after(child)
        self._until(1, lambda: all(child.ended for child in children))

    def clear_after(self, child: Child) -> None:
        """Kill what is left in the session of a child that has ended or is to end now."""
        if child.own_session:
            for pid in _session(child.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def end_all(self, *, seconds: float) -> None:
        """See to it that no process below us is left: wait that long, then kill."""
        self._until(seconds, lambda: not descendants())
        for _ in range(50):
            running = descendants()
            if not running:
                return
            for pid in running:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._until(0.1, lambda: not descendants())

    def _until(self, seconds: float, condition: Callable[[], bool]) -> None:
        """Reap until `condition` holds, or the time is over; requests to stop are known here."""
        until = time.monotonic() + seconds
        while True:
            self.reap()
            if condition() or time.monotonic() >= until:
                return
            signal.sigtimedwait(QUEUE, 0.05)


def guarded(work: Callable[[], int], *, with_parent: bool) -> int:
    """Run `work` in a child process under a guardian (this process), and leave no process behind when either is killed.

    With `with_parent` everything also stops when the process that started us is killed.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, QUEUE)
    if with_parent:
        tell_me_when_my_parent_dies(signal.SIGTERM, os.getppid())
    adopt_orphans()
    guardian = os.getpid()
    pid = os.fork()
    if pid == 0:
        tell_me_when_my_parent_dies(signal.SIGTERM, guardian)
        adopt_orphans()
        code = 1
        try:
            code = work()
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    family = Family()
    supervisor = family.children[pid] = Child("supervisor", pid, signal.SIGTERM, own_session=False)
    while not supervisor.ended:
        try:
            family.wait(60)
        except Stop as stop:
            if not stop.from_terminal:  # What comes from the terminal went to the supervisor too.
                supervisor.signal(stop.signo)
    family.end_all(seconds=3)
    code = supervisor.code or 0
    return code if code >= 0 else 128 - code


def descendants() -> list[int]:
    """List the living processes below this one."""
    children: dict[int, list[int]] = {}
    for pid, _state, parent, _session_id in _processes():
        children.setdefault(parent, []).append(pid)
    pids: list[int] = []
    todo = [os.getpid()]
    while todo:
        below = children.get(todo.pop(), [])
        pids += below
        todo += below
    return pids


def _session(leader: int) -> list[int]:
    """List the living processes of a session, but never the session that we are in."""
    if leader == os.getsid(0):
        return []
    return [pid for pid, _state, _parent, session in _processes() if session == leader]


def _processes() -> Iterator[tuple[int, str, int, int]]:
    """Yield id, state, parent and session of every process that is not a zombie."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError):
                text = Path(entry.path, "stat").read_text(errors="replace")
                state, parent, _group, session = text.rpartition(")")[2].split()[:4]
                if state not in "ZX":
                    yield int(entry.name), state, int(parent), int(session)
