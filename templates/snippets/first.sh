BASE_URL={{ w.base }}
curl {{ w.create }} \
{%- if !w.header.is_empty() %}
  -H {{ w.header }} \
{%- endif %}
  -H 'Content-Type: application/json' \
  --data {{ w.body }}
