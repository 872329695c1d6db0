# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs purserctl (the script's first argument) in a home of its own, and says TAP."""
import json
import os
import subprocess
import sys
import tempfile

purserctl = sys.argv[1]
home = tempfile.mkdtemp(prefix="purser-terminal-")
env = dict(os.environ, XDG_DATA_HOME=home, PURSER_PRACTICE_SPEED="0", LC_ALL="C.UTF-8", HOME=home)
env.pop("G_DEBUG", None)
count = failed = 0


def check(what, ok, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print("%sok %d - %s" % ("" if ok else "not ", count, what), flush=True)
    if not ok:
        print("# %s" % (str(detail)[:2000].replace("\n", "\n# "),))


def run(*args, stdin="", extra=None):
    return subprocess.run([purserctl, *args], capture_output=True, text=True, input=stdin, timeout=120, env=dict(env, **(extra or {})))


def start(*args):
    """Like run(), without waiting for its end."""
    return subprocess.Popen([purserctl, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def ctl(*args):
    done = run("--json", *args)
    if done.returncode != 0:
        raise AssertionError("purserctl %s: %d %s %s" % (" ".join(args), done.returncode, done.stdout, done.stderr))
    return json.loads(done.stdout) if done.stdout.strip() else None


def refused(what, *args, code=1, words="", stdin=""):
    done = run(*args, stdin=stdin)
    check(what, done.returncode == code and words in done.stderr and done.stderr.strip(), (done.returncode, done.stdout, done.stderr))


def end():
    print("1..%d" % count)
    raise SystemExit(failed != 0)
