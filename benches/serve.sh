#!/bin/sh
# Requests a second and processor time per request of `cogdex serve` beside nginx on the same built
# files, each server on core 0 and wrk on core 1, in turns, so that what else the machine does hits
# both. Needs nginx and wrk; nothing leaves loopback.
#
# page, json: files. computed: a comparison for another number of images each time, multiplied from
# what was prepared, beside the same bytes as a file of nginx. kept: one that was asked before. first:
# a question that nobody asked yet, worked out from the facts of the day.
#
# usage: benches/serve.sh COGDEX [ROUNDS] [SECONDS]
set -eu
cogdex=$(realpath "$1") rounds=${2:-5} seconds=${3:-3}
folder=$(mktemp -d)
ours=18711 theirs=18712
"$cogdex" build --out "$folder/www"

"$cogdex" serve --addr 127.0.0.1:$ours --threads 1 --stop-after 30m >"$folder/out" &
first=$!
trap 'kill $first $second 2>/dev/null; wait; rm -rf "$folder"' EXIT
second=
until grep -q listening "$folder/out"; do kill -0 $first; sleep 0.1; done
taskset -acp 0 $first >/dev/null

# The same bytes as a file for nginx: it serves what was computed once.
question='api/v1/compare?images=1000'
curl -sf "http://127.0.0.1:$ours/$question" >"$folder/www/compare.json"
cat >"$folder/nginx.conf" <<EOF
worker_processes 1; daemon off; master_process off; pid $folder/pid; error_log $folder/errors;
events { worker_connections 4096; multi_accept on; }
http {
  include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; gzip off;
  keepalive_requests 1000000000; keepalive_timeout 600s;
  open_file_cache max=10000 inactive=600s; open_file_cache_valid 600s;
  client_body_temp_path $folder/a; proxy_temp_path $folder/b; fastcgi_temp_path $folder/c;
  uwsgi_temp_path $folder/d; scgi_temp_path $folder/e;
  server { listen 127.0.0.1:$theirs backlog=4096; root $folder/www; }
}
EOF
taskset -c 0 nginx -p "$folder" -c "$folder/nginx.conf" -e "$folder/errors" &
second=$!
until curl -sf "http://127.0.0.1:$theirs/" >/dev/null; do kill -0 $second; sleep 0.1; done

page=$(cd "$folder/www" && find listings -name index.html | sort | head -1 | sed 's/index.html$//')
json=$(cd "$folder/www" && find api -name '*.json' | sort | head -1)

# Each time another number of images, more of them than the server keeps answers to; and each time
# another share of images that are thrown away, which is never prepared.
cat >"$folder/others.lua" <<'EOF'
local images = 0
request = function()
  images = images % 1000000 + 1
  return wrk.format("GET", "/api/v1/compare?images=" .. images)
end
EOF

cat >"$folder/first.lua" <<'EOF'
local parts = 0
request = function()
  parts = parts % 90000 + 1
  return wrk.format("GET", "/api/v1/compare?images=1000&reject-rate=" .. parts / 1000 .. "%25")
end
EOF

# Processor time of a process in clock ticks.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# name, server, process, address, and a script: one line of figures.
measure() {
  before=$(ticks "$3")
  taskset -c 1 wrk -t1 -c64 "-d${seconds}s" ${5:+-s "$5"} "http://127.0.0.1:$4" >"$folder/wrk"
  after=$(ticks "$3")
  if grep -q 'Non-2xx' "$folder/wrk"; then echo "$1 $2: not all were answered" >&2; exit 1; fi
  awk -v name="$1" -v server="$2" -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
    / requests in / { count = $1 }
    /^Requests\/sec/ { rate = $2 }
    END { print name, server, rate, ticks / hz / count * 1e6 }' "$folder/wrk"
}

for round in $(seq 0 "$rounds"); do
  for pair in "page $page $page" "json $json $json" \
    "computed $question compare.json $folder/others.lua" "kept $question compare.json" \
    "first $question compare.json $folder/first.lua"; do
    set -- $pair
    for server in ours nginx; do
      if [ $server = ours ]; then
        line=$(measure "$1" ours $first "$ours/$2" "${4:-}")
      else
        line=$(measure "$1" nginx $second "$theirs/$3")
      fi
      # The first round warms up.
      [ "$round" = 0 ] || echo "$line"
    done
  done
done | tee "$folder/figures" | awk '{ printf "%-8s %-6s %9.0f req/s %6.2f us/req\n", $1, $2, $3, $4 }'

# Medians of what each round had for ours divided by nginx.
for name in page json computed kept first; do
  for column in 3 4; do
    awk -v name=$name -v c=$column '
      $1 == name && $2 == "ours" { mine = $c }
      $1 == name && $2 == "nginx" { print mine / $c }' "$folder/figures" |
      sort -n | awk -v name=$name -v c=$column '
        { v[NR] = $1 }
        END { m = v[int((NR + 1) / 2)]; printf "%-8s ours/nginx %s %.2f\n", name, c == 3 ? "requests a second" : "processor time", m }'
  done
done
