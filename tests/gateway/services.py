#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway as a service: started by its name on a private bus, by the project's own service file; its life and its end; what no
other process may have of it.

    services.py APP-FOLDER SERVICE-FOLDER UNIT-FILE          (speaks TAP)
"""
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

app, services, unit_file = sys.argv[1:]
purserctl, gateway = os.path.join(app, "purserctl"), os.path.join(app, "purser-gateway")
home = tempfile.mkdtemp(prefix="purser-services-")
env = dict(os.environ, HOME=home, XDG_DATA_HOME=os.path.join(home, "data"), XDG_RUNTIME_DIR=home, PURSER_PRACTICE_SPEED="0", LC_ALL="C.UTF-8",
           PURSER_KEYRING_PROMPT="0")
for name in "G_DEBUG", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "JOURNAL_STREAM":
    env.pop(name, None)
plain = dict(env, DBUS_SESSION_BUS_ADDRESS="unix:path=%s/no-bus" % home)
count = failed = 0


def check(what, ok, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print("%sok %d - %s" % ("" if ok else "not ", count, what), flush=True)
    if not ok:
        print("# %s" % (str(detail)[:3000].replace("\n", "\n# "),))


def start_bus():
    config = os.path.join(home, "bus.conf")
    with open(config, "w") as file:
        file.write("""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth><servicedir>%s</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>""" % (home, services))
    # What the gateway says when the bus starts it goes where the bus's own words go.
    log = open(os.path.join(home, "bus.log"), "w")
    bus = subprocess.Popen(["dbus-daemon", "--config-file", config, "--print-address", "--nofork"], stdout=subprocess.PIPE, stderr=log, text=True, env=env)
    env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    return bus


def run(*args, where=None):
    return subprocess.run([purserctl, *args], capture_output=True, text=True, timeout=120, env=where or env)


def ctl(*args, where=None):
    done = run("--json", *args, where=where)
    if done.returncode != 0:
        raise AssertionError("purserctl %s: %d %s %s" % (" ".join(args), done.returncode, done.stdout, done.stderr))
    return json.loads(done.stdout) if done.stdout.strip() else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def healthy(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def owner():
    """The process that owns the gateway's name, 0 for none."""
    done = subprocess.run(["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus", "-m",
                           "org.freedesktop.DBus.GetConnectionUnixProcessID", "io.github.purser_app.Purser.Gateway"], capture_output=True, text=True, env=env)
    return int(done.stdout.split()[1].rstrip(",)")) if done.returncode == 0 else 0


def alive(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def activation():
    status = ctl("gateway", "status")
    check("at first it does not run, and asking does not start it", status["running"] is False and not status["on"] and owner() == 0, status)
    port = free_port()
    ctl("gateway", "set", "--port", str(port))
    started = ctl("gateway", "start")
    first = owner()
    check("purserctl gateway start starts it by its name", started["running"] and started["served"] and started["on"] and first > 0, started)
    check("it answers at its address", started["url"] == "http://127.0.0.1:%d" % port and started["reachable"] and healthy(port), started)
    check("calls are counted from then on", started["calls_running"] == 0 and started["calls_done"] == 0 and started["since_us"] > 0, started)
    check("the service file gave it its idle time", b"--idle=30" in open("/proc/%d/cmdline" % first, "rb").read())
    again = ctl("gateway", "start")
    check("a second start changes nothing", owner() == first and again["since_us"] == started["since_us"], (started, again))
    other = subprocess.run([gateway], capture_output=True, text=True, env=env, timeout=60)
    check("a second gateway says that one runs, and ends", other.returncode == 1 and "runs in this session already" in other.stderr, other)
    check("the first never noticed", owner() == first and healthy(port))
    return first, port


def killed(first, port):
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not alive(first))
    status = ctl("gateway", "status")
    check("a killed gateway is seen to be gone", not status["running"] and not status["reachable"] and status["on"], status)
    second = ctl("gateway", "start")
    check("the next start starts another", owner() not in (0, first) and second["served"] and healthy(port), second)


def settings(port):
    before, moved = owner(), free_port()
    ctl("gateway", "set", "--port", str(moved))
    check("another port counts without a word to the gateway", wait_for(lambda: healthy(moved)) and wait_for(lambda: not healthy(port)), ctl("gateway", "status"))
    check("in the same process", owner() == before)
    status = ctl("gateway", "status")
    check("and the bus tells it", status["url"] == "http://127.0.0.1:%d" % moved and status["served"], status)
    return moved


def taken(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))  # no listener, which would keep callers waiting
        ctl("gateway", "set", "--port", str(other.getsockname()[1]))
        wait_for(lambda: ctl("gateway", "status")["problem"])
        status = ctl("gateway", "status")
        check("a port that is taken is said in words", status["problem"] and not status["served"], status)
        refused = run("gateway", "start")
        check("and start fails with them", refused.returncode == 1 and status["problem"] in refused.stderr, refused)
        ctl("gateway", "set", "--port", str(port))
    check("a free one mends it", wait_for(lambda: healthy(port)), ctl("gateway", "status"))


def stopping(port):
    pid = owner()
    done = run("gateway", "stop")
    check("purserctl gateway stop ends it", done.returncode == 0 and wait_for(lambda: not alive(pid)) and not healthy(port), done)
    status = ctl("gateway", "status")
    check("it is off, and stays off", not status["on"] and not status["running"] and owner() == 0, status)
    check("stopping what is stopped succeeds", run("gateway", "stop").returncode == 0)


def by_hand(file, port):
    """Without a bus: a server, a container, a rescue."""
    refused = run("gateway", "start", where=plain)
    check("without a bus start says so, and what to do", refused.returncode == 1 and "no session bus" in refused.stderr and "purser-gateway by hand" in refused.stderr, refused)
    status = run("--json", "gateway", "status", where=plain)
    check("status tells what can be known", json.loads(status.stdout)["running"] is None and json.loads(status.stdout)["reachable"] is False, status)
    ctl("gateway", "set", "--on", "no")
    lone = subprocess.Popen([gateway], stderr=subprocess.PIPE, text=True, env=plain)
    first = json.loads(lone.stderr.readline())
    check("what it says is one JSON object a line", first["event"] == "no-bus" and first["level"] == "info" and first["message"] and first["time"] > 1.7e9, first)
    ctl("gateway", "set", "--on", "yes")
    wait_for(lambda: json.loads(lone.stderr.readline())["event"] == "started")
    lone.send_signal(signal.SIGHUP)
    check("SIGHUP makes it look again", wait_for(lambda: healthy(port)))
    check("status sees that somebody answers", json.loads(run("--json", "gateway", "status", where=plain).stdout)["reachable"])
    lone.send_signal(signal.SIGTERM)
    said = lone.stderr.read()
    check("SIGTERM ends it well", lone.wait(30) == 0 and '"event":"ended"' in said, (lone.returncode, said))
    ctl("gateway", "set", "--on", "no")
    named = subprocess.Popen([gateway, "--org", file], stderr=subprocess.DEVNULL, env=plain)
    check("a named file is served whatever its switch says", wait_for(lambda: healthy(port)))
    named.send_signal(signal.SIGINT)
    check("SIGINT ends it", named.wait(30) == 0, named.returncode)
    beside = subprocess.Popen([gateway, "--org", file], stderr=subprocess.DEVNULL, env=env)
    check("with a bus, it is the session's gateway where there is none", wait_for(lambda: healthy(port)) and owner() == beside.pid, owner())
    refused = run("gateway", "stop")
    check("its switch can't stop what was named, and that is said", refused.returncode == 1 and "--org" in refused.stderr and healthy(port), refused)
    beside.send_signal(signal.SIGTERM)
    beside.wait(30)
    idle = subprocess.run([gateway, "--idle=1"], capture_output=True, text=True, env=env, timeout=60)
    check("with nothing to serve it ends by itself", idle.returncode == 0, idle)
    for what, args, code, words in (("a missing file", ["--org", file + ".not"], 1, "does not exist"), ("an unknown option", ["--frobnicate"], 2, "--frobnicate"),
                                    ("a stray word", ["serve"], 2, "Usage")):
        done = subprocess.run([gateway, *args], capture_output=True, text=True, env=plain, timeout=60)
        check("%s is refused in words" % what, done.returncode == code and words in done.stderr, done)
    check("--version", subprocess.run([gateway, "--version"], capture_output=True, text=True, env=plain).stdout.startswith("purser-gateway "))


READ = "import sys; [open('/proc/%s/' % sys.argv[1] + name, 'rb').read(1) for name in sys.argv[2:]]"


def peek(pid, user, *names):
    """Whether another process of the same user can read these of its files."""
    return subprocess.run([sys.executable, "-c", READ, str(pid), *names], capture_output=True, user=user).returncode == 0


def unseen(file):
    """Keys are in its memory: another process of the same user may not have it, nor may a core file."""
    user = 65534 if os.getuid() == 0 else None  # root may read everything
    folder = os.path.join(home, "other")
    os.mkdir(folder)
    copy = os.path.join(folder, "copy.purser")
    ctl("--org", file, "backup", copy)
    where = dict(plain, HOME=folder, XDG_DATA_HOME=folder)
    try:
        if user:
            os.chmod(home, 0o755)
            for path in folder, copy:
                os.chown(path, user, user)
        # As much core file as the system would give.
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        control = subprocess.Popen(["sleep", "1000"], user=user, cwd=folder)
        log = os.path.join(folder, "log")
        out = os.open(log, os.O_CREAT | os.O_WRONLY, 0o600)
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            if user:  # with the groups of those who will look
                os.setuid(user)
            os.dup2(out, 2)
            os.execve(gateway, [gateway, "--org", copy], where)
        check("one that serves a file of its own", wait_for(lambda: '"serving"' in open(log).read()), open(log).read())
        check("any other process can be looked into", peek(control.pid, user, "environ"))
        check("the gateway can not", not peek(pid, user, "environ") and not peek(pid, user, "mem") and not peek(pid, user, "maps"))
        status, limits = open("/proc/%d/status" % pid).read(), open("/proc/%d/limits" % pid).read()
        check("it gains no privileges", "NoNewPrivs:\t1" in status, status)
        core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
        check("it may leave no core file", core[4:6] == ["0", "0"], limits)
        opened = next(line.split() for line in limits.splitlines() if line.startswith("Max open files"))
        check("it may open as many files as the system allows", opened[3] == opened[4], limits)
        database = [name for name in os.listdir(folder) if name.endswith("-owners")]
        check("what it writes is its user's alone", database and all(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) & 0o077 == 0 for name in database), database)
        os.kill(pid, signal.SIGABRT)
        ended = os.waitpid(pid, 0)[1]
        check("it dies of SIGABRT without a core", os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGABRT and not os.WCOREDUMP(ended), ended)
        check("nor is there one in its folder", not [name for name in os.listdir(folder) if name.startswith("core")], os.listdir(folder))
    finally:
        control.kill()
        control.wait()


def bus_goes():
    """The session ends."""
    ctl("gateway", "start")
    pid = owner()
    bus.terminate()
    bus.wait()
    check("without its bus the session's gateway ends", pid and wait_for(lambda: not alive(pid)), pid)


def unit():
    if not shutil.which("systemd-analyze"):
        print("# systemd-analyze is not installed: the unit is not verified")
        return
    path = os.path.join(home, "purser-gateway.service")
    with open(unit_file) as source, open(path, "w") as out:
        out.write(source.read().replace("@bindir@", app))
    done = subprocess.run(["systemd-analyze", "--user", "--man=no", "verify", path], capture_output=True, text=True, env=env)
    check("the systemd unit holds no mistake", done.returncode == 0 and "purser-gateway" not in done.stderr, done)


bus = start_bus()
try:
    file = ctl("init", "Hartmann & Partner", "--currency", "EUR", "--timezone", "Europe/Berlin")["file"]
    first, port = activation()
    killed(first, port)
    port = settings(port)
    taken(port)
    stopping(port)
    by_hand(file, port)
    unseen(file)
    unit()
    bus_goes()
except Exception as error:  # the plan must be right whatever happens
    check("no step breaks off", False, repr(error) + open(os.path.join(home, "bus.log")).read())
finally:
    for pid in [owner()]:
        if pid:
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not alive(pid))
    bus.terminate()
    bus.wait()
    if failed:
        print("# " + open(os.path.join(home, "bus.log")).read().replace("\n", "\n# "))
    shutil.rmtree(home, ignore_errors=True)
print("1..%d" % count)
sys.exit(failed > 0)
