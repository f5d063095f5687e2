#!/bin/sh
# Needs curl and jq, and the key in ${{ w.variable }}.
set -eu
BASE_URL={{ w.base }}
{%- if w.has_task() %}
PAUSE=2
{%- endif %}

# A call may cost money: it is sent once. What came back, a refusal too, is in answer.json.
curl -sS --fail-with-body -o answer.json {{ w.create }} \
{%- if !w.header.is_empty() %}
  -H {{ w.header }} \
{%- endif %}
  -H 'Content-Type: application/json' \
  --data {{ w.body }}
{%- if w.has_task() %}
{%- if w.is_either %}
if ! task=$(jq -er {{ w.id }} answer.json); then
  # The seller's pages disagree on this: here the image came at once.
  link=$(jq -er 'first(.. | strings | select(test("^https?://")))' answer.json)
  curl -sS --fail -o {{ w.file }} --url "$link"
  exit
fi
{%- else %}
task=$(jq -er {{ w.id }} answer.json)
{%- endif %}

# Asks until the task is done, for five minutes at most.
tries=0
while :; do
  sleep "$PAUSE"
  curl -sS --fail-with-body -o answer.json -X {{ w.poll_method }} {{ w.poll }}
  {%- if !w.header.is_empty() %} \
    -H {{ w.header }}
  {%- endif %}
  status=$(jq -r {{ w.state }} answer.json)
  case $status in
    {{ w.done }}) break ;;
{%- if !w.failed.is_empty() %}
    {{ w.failed }}) echo 'The task failed; see answer.json.' >&2; exit 1 ;;
{%- endif %}
  esac
  tries=$((tries + 1))
  if [ "$tries" -ge 150 ]; then echo "Task $task is not done yet." >&2; exit 1; fi
done
{%- endif %}
{%- if w.has_result() %}
curl -sS --fail-with-body -o answer.json -X {{ w.result_method }} {{ w.result }}
  {%- if !w.header.is_empty() %} \
  -H {{ w.header }}
  {%- endif %}
{%- endif %}

{% if !w.inline.is_empty() -%}
jq -er {{ w.inline }} answer.json | base64 -d > {{ w.file }}
{% else if w.is_anywhere -%}
# No source says where the link stands: this takes the first that is not the task's own.
link=$(jq -er --arg task "$task" \
  'first(.. | strings | select(test("^https?://") and (contains($task) | not)))' answer.json)
curl -sS --fail -o {{ w.file }} --url "$link"
{% else -%}
link=$(jq -er {{ w.link }} answer.json)
curl -sS --fail -o {{ w.file }} --url "$link"
{% endif -%}
