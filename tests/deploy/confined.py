"""Runs a program with what a unit forbids, without systemd: its system calls, socket families, writable code.

    python confined.py UNIT PROGRAM [ARGUMENT ...]

Of the unit these lines are put in force: SystemCallFilter (with `~` and groups; a call that is refused gets EPERM),
NoNewPrivileges, RestrictAddressFamilies, MemoryDenyWriteExecute, UMask, LimitNOFILE, and CapabilityBoundingSet when it
is empty. What hides or protects files is not: that takes a mount namespace.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
EQUAL = 4
"""SCMP_ACT_ALLOW, SCMP_ACT_ERRNO and SCMP_CMP_EQ of <seccomp.h>."""

SET_NO_NEW_PRIVS, CAPBSET_DROP, SET_MDWE, REFUSE_EXEC_GAIN = 38, 24, 65, 1
"""Of <linux/prctl.h>; MDWE is there since Linux 6.3."""


class Compare(ctypes.Structure):
    """struct scmp_arg_cmp: argument number `arg` stands in relation `op` to `a`."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def settings(unit: Path) -> dict[str, list[str]]:
    """Every value of every setting in a unit, in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith(("#", ";", "[")):
            found.setdefault(name, []).append(value)
    return found


def allowed_calls(filters: list[str]) -> set[str]:
    """What SystemCallFilter lines leave, their groups resolved."""
    calls: set[str] = set()
    for each in filters:
        named = resolved(each.removeprefix("~").split())
        calls = calls - named if each.startswith("~") else calls | named
    return calls


def resolved(names: Iterable[str]) -> set[str]:
    """System calls, and those of the groups among the names."""
    found: set[str] = set()
    for name in names:
        if name.startswith("@"):
            told = subprocess.run(
                ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
            )
            lines = (line.strip() for line in told.stdout.splitlines()[1:])
            found |= resolved(line for line in lines if line and not line.startswith("#"))
        else:
            found.add(name)
    return found


def confine(unit: Path) -> None:
    """Put it in force for this process and all that it starts."""
    said = settings(unit)
    os.umask(int(said["UMask"][-1], 8))
    files = int(said.get("LimitNOFILE", [str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])])[-1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    libc = ctypes.CDLL(None, use_errno=True)

    def prctl(*arguments: int) -> None:
        if libc.prctl(*(ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:5])):
            raise OSError(ctypes.get_errno(), f"prctl{arguments}")

    if said["CapabilityBoundingSet"] == [""] and os.geteuid() == 0:
        for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
            prctl(CAPBSET_DROP, capability)
    if said["NoNewPrivileges"] == ["yes"]:
        prctl(SET_NO_NEW_PRIVS, 1)
    if said["MemoryDenyWriteExecute"] == ["yes"]:
        prctl(SET_MDWE, REFUSE_EXEC_GAIN)
    families = said["RestrictAddressFamilies"][-1].split()
    _filter_calls(allowed_calls(said["SystemCallFilter"]), [int(getattr(socket, family)) for family in families])


def _filter_calls(calls: set[str], families: list[int]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ERRNO | errno.EPERM)))
    for call in sorted(calls - {"socket"}):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # others do not exist on this kind of machine
            library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0)
    number = library.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        rule = Compare(0, EQUAL, family, 0)
        library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 1, ctypes.byref(rule))
    if library.seccomp_load(context):
        raise OSError("the filter of system calls was not taken")


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
