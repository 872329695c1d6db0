#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the mock answers to coding agents: a call of a tool that reads a note, and words once the note came back.

    agent-fixtures.py FOLDER PROJECT
"""
import json
import os
import sys

folder, project = sys.argv[1], sys.argv[2]
note = os.path.join(project, "note.txt")
# The tools by which agents read a file, and what each of them wants to be told.
tools = {
    "Read": {"file_path": note},
    "exec_command": {"cmd": "cat " + note},
    "shell_command": {"command": "cat " + note},
    "shell": {"command": ["cat", note]},
}
fixtures = [{"match": {"userMessage": "the note", "toolResultContains": "heron"}, "response": {"content": "The note says heron.", "usage": {"input_tokens": 40, "output_tokens": 6, "prompt_tokens": 40, "completion_tokens": 6, "total_tokens": 46}}}]
for name, arguments in tools.items():
    fixtures.append({"match": {"userMessage": "the note", "toolName": name, "hasToolResult": False}, "response": {"toolCalls": [{"id": "call_note_1", "name": name, "arguments": arguments}]}})
fixtures.append({"match": {}, "response": {"content": "I do not know."}})
os.makedirs(project, exist_ok=True)
with open(note, "w") as file:
    file.write("The word is heron.\n")
with open(os.path.join(folder, "agents.json"), "w") as file:
    json.dump({"fixtures": fixtures}, file)
