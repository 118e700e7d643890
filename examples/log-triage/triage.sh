#!/bin/sh
# triage.sh errors|warnings|slow: groups the log lines of one kind and writes outputs/triage.md, outputs/groups.csv.
set -eu
kind=${1:-errors}
cd /workspace
mkdir -p outputs

find . -name '*.log' -type f ! -path './outputs/*' ! -path './skills/*' | LC_ALL=C sort > outputs/.files
if [ ! -s outputs/.files ]; then
  echo "no *.log files in the workspace" >&2
  exit 1
fi

# One record a matching line: time, minute, kind of message, file:line, message.
while IFS= read -r file; do
  awk -v file="${file#./}" -v kind="$kind" '
  function wanted(line) {
    if (kind == "errors") return line ~ /(ERROR|FATAL|CRITICAL|SEVERE|Exception|panic:)/
    if (kind == "warnings") return line ~ /WARN/
    return match(line, /(took|duration|elapsed|in)[ =:]*[0-9]+ ?ms/) && number(substr(line, RSTART, RLENGTH)) >= 1000
  }
  function number(text) { gsub(/[^0-9]/, "", text); return text + 0 }
  wanted($0) {
    time = "unknown"
    if (match($0, /[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]/)) time = substr($0, RSTART, RLENGTH)
    message = $0
    sub(/^[^A-Z]*[0-9:.,TZ+-]+[ \]]*/, "", message)
    group = message
    gsub(/[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+(-[0-9a-f]+)*/, "#", group)
    gsub(/"[^"]*"/, "\"…\"", group)
    gsub(/[0-9]+/, "#", group)
    gsub(/\t/, " ", group); gsub(/\t/, " ", message)
    sub("T", " ", time)
    print time "\t" substr(time, 1, 16) "\t" group "\t" file ":" NR "\t" message
  }' "$file"
done < outputs/.files | LC_ALL=C sort > outputs/.lines
rm outputs/.files

awk -F'\t' -v kind="$kind" '
function quote(value) { if (value !~ /[",]/) return value; gsub(/"/, "\"\"", value); return "\"" value "\"" }
function cell(value) { gsub(/\|/, "\\|", value); return length(value) > 110 ? substr(value, 1, 110) " …" : value }
{ total++; minute[$2]++
  if (!($3 in count)) { order[++groups] = $3; first[$3] = $1; place[$3] = $4; sample[$3] = $5 }
  count[$3]++; last[$3] = $1 }
END {
  print "kind,count,first,last,where" > "outputs/groups.csv"
  for (i = 1; i <= groups; i++) { g = order[i]; print quote(g) "," count[g] "," first[g] "," last[g] "," quote(place[g]) > "outputs/groups.csv" }
  report = "outputs/triage.md"
  print "# Triage: " kind "\n" > report
  if (total == 0) { print "None." > report; print "no " kind " in the logs"; exit }
  print total " lines in " groups " kinds.\n" > report
  print "In the order in which each kind first appeared:\n" > report
  print "| first | last | count | where | message |\n|---|---|---:|---|---|" > report
  for (i = 1; i <= groups; i++) { g = order[i]; print "| " first[g] " | " last[g] " | " count[g] " | " place[g] " | " cell(sample[g]) " |" > report }
  minutes = 0; for (m in minute) minutes++
  burst = total / minutes * 3
  print "\n## Bursts\n\nMinutes with more than three times the mean of the minutes that have any:\n" > report
  found = 0
  for (m in minute) if (minute[m] > burst && minute[m] > 2) { print "- " m ": " minute[m] " lines" > report; found = 1 }
  if (!found) print "- none" > report
  printf "%d lines in %d kinds, see triage.md.\n", total, groups
  g = order[1]
  printf "First: %s at %s: %s\n", first[g], place[g], sample[g]
}' outputs/.lines
rm outputs/.lines
