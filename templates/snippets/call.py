# Needs the key in the environment variable {{ w.variable }}.
{%- if !w.inline.is_empty() %}
import base64
{%- endif %}
import json
import os
{%- if w.has_task() %}
import time
{%- endif %}
import urllib.request
{%- if w.has_task() %}
from urllib.parse import quote
{%- endif %}

BASE_URL = {{ w.base }}
{%- if w.has_task() %}
PAUSE = 2
{%- endif %}
KEY = os.environ[{{ w.key }}]


def call(method, url, body=None):
    headers = {"Content-Type": "application/json"}
{%- if !w.header.is_empty() %}
    headers[{{ w.header }}] = {{ w.before_key }} + KEY
{%- endif %}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as response:
        return json.load(response)
{% if w.looks %}

def look(answer, *steps):
    for step in steps:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            return None
    return answer
{% endif -%}
{% if w.finds_links() %}

def links(value):
    if isinstance(value, str):
        return [value] if value.startswith(("http://", "https://")) else []
    if isinstance(value, dict):
        value = list(value.values())
    return [link for item in value for link in links(item)] if isinstance(value, list) else []
{% endif %}

body = {{ w.body }}
# A call may cost money: it is sent once.
answer = call("POST", BASE_URL + {{ w.create }}, body)
{%- if w.has_task() %}
{%- if w.is_either %}
try:
    task = {{ w.id }}
except (KeyError, IndexError, TypeError):
    task = None
found = [] if isinstance(task, str) else links(answer)
if found:
    # The seller's pages disagree on this: here the image came at once.
    with urllib.request.urlopen(found[0], timeout=120) as image, open({{ w.file }}, "wb") as file:
        file.write(image.read())
    raise SystemExit
{%- else %}
task = {{ w.id }}
{%- endif %}
if not isinstance(task, str):
    raise SystemExit("No task in the answer: " + json.dumps(answer))

# Asks until the task is done, for five minutes at most.
for _ in range(150):
    time.sleep(PAUSE)
    answer = call({{ w.poll_method }}, {{ w.poll }})
    status = {{ w.state }}
    if status in [{{ w.done }}]:
        break
{%- if !w.failed.is_empty() %}
    if status in [{{ w.failed }}]:
        raise SystemExit("The task failed: " + json.dumps(answer))
{%- endif %}
else:
    raise SystemExit("The task is not done yet: " + task)
{%- endif %}
{%- if w.has_result() %}
answer = call({{ w.result_method }}, {{ w.result }})
{%- endif %}
{% if !w.inline.is_empty() %}
with open({{ w.file }}, "wb") as file:
    file.write(base64.b64decode({{ w.inline }}))
{%- else %}
{%- if w.is_anywhere %}
# No source says where the link stands: this takes the first that is not the task's own.
link = next(link for link in links(answer) if task not in link)
{%- else %}
link = {{ w.link }}
{%- endif %}
with urllib.request.urlopen(link, timeout=120) as image, open({{ w.file }}, "wb") as file:
    file.write(image.read())
{%- endif %}
