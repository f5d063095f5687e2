# Needs the key in the environment variable {{ variable }}, and: pip install {{ package.name }}
{%- if inline %}
import base64
{%- endif %}
import os
{%- if !inline %}
import urllib.request
{%- endif %}

from {{ package.module }} import {{ package.class }}

BASE_URL = {{ base }}

client = {{ package.class }}(
    base_url=BASE_URL + {{ path }},
    api_key=os.environ[{{ key }}],
    max_retries=0,  # A call may cost money: else the client may send it again by itself.
)
answer = client.images.{{ package.method }}(
{%- for argument in arguments %}
    {{ argument.name }}={{ argument.value }},
{%- endfor %}
)
{% if inline %}
with open({{ file }}, "wb") as file:
    file.write(base64.b64decode(answer.data[0].b64_json))
{%- else %}
link = answer.data[0].url
with urllib.request.urlopen(link, timeout=120) as image, open({{ file }}, "wb") as file:
    file.write(image.read())
{%- endif %}
