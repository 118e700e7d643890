#!/bin/sh
# Sums outputs/expenses.csv by vendor and month: outputs/summary.csv and outputs/summary.md.
set -eu
cd /workspace/outputs

awk '
# The fields of one RFC 4180 record into field[]; a record may go on over several lines.
function split_record(record,    i, c, n, quoted, value) {
  n = 0; value = ""; quoted = 0
  for (i = 1; i <= length(record); i++) {
    c = substr(record, i, 1)
    if (quoted) {
      if (c != "\"") value = value c
      else if (substr(record, i + 1, 1) == "\"") { value = value c; i++ }
      else quoted = 0
    } else if (c == "\"") quoted = 1
    else if (c == ",") { field[++n] = value; value = "" }
    else if (c != "\r") value = value c
  }
  if (quoted) return 0
  field[++n] = value
  return n
}
function quote(value) {
  if (value !~ /[",\n]/) return value
  gsub(/"/, "\"\"", value)
  return "\"" value "\""
}
{ record = pending == "" ? $0 : pending "\n" $0
  n = split_record(record)
  if (n == 0) { pending = record; next }
  pending = "" }
n < 2 { next }
!header { header = 1; for (i = 1; i <= n; i++) column[field[i]] = i; next }
{ documents++
  file = field[column["file"]]; vendor = field[column["vendor"]]; date = field[column["date"]]
  currency = field[column["currency"]]; total = field[column["total"]]; check = field[column["check"]]
  if (check != "ok") { marked++; print "M\t" file "\t" check }
  month = date == "" ? "unknown" : substr(date, 1, 7)
  gsub(/[\t\n]/, " ", vendor)
  if (total == "") { missing++; next }
  key = month "\t" (vendor == "" ? "unknown" : vendor) "\t" (currency == "" ? "unknown" : currency)
  count[key]++; sum[key] += total; cash[currency == "" ? "unknown" : currency] += total }
END {
  for (key in count) printf "S\t%s\t%d\t%.2f\n", key, count[key], sum[key]
  for (money in cash) printf "C\t%s\t%.2f\n", money, cash[money]
  printf "D\t%d\t%d\t%d\n", documents, marked, missing
}' expenses.csv | LC_ALL=C sort > .summary

awk -F'\t' '
function quote(value) { if (value !~ /[",]/) return value; gsub(/"/, "\"\"", value); return "\"" value "\"" }
BEGIN { print "month,vendor,currency,documents,total" }
$1 == "S" { print $2 "," quote($3) "," $4 "," $5 "," $6 }' .summary > summary.csv

awk -F'\t' '
function cell(value) { gsub(/\|/, "\\|", value); return value }
$1 == "C" { cash = cash (cash == "" ? "" : ", ") $3 " " $2 }
$1 == "D" { documents = $2; marked = $3; missing = $4 }
$1 == "M" { look[++looks] = "- `" $2 "`: " $3 }
$1 == "S" { line[++lines] = "| " $2 " | " cell($3) " | " $5 " | " $6 " " $4 " |" }
END {
  print "# Expenses\n"
  print documents " documents, " documents - marked " without a mark. Sums: " (cash == "" ? "none" : cash) ".\n"
  if (missing > 0) print missing " documents show no total and are in no sum.\n"
  print "| month | vendor | documents | total |\n|---|---|---:|---:|"
  for (i = 1; i <= lines; i++) print line[i]
  if (looks > 0) {
    print "\n## To check\n\nThe sums count these rows as they stand.\n"
    for (i = 1; i <= looks; i++) print look[i]
  }
}' .summary > summary.md

awk -F'\t' '$1 == "D" { printf "%d documents read, %d of them marked for a look, see summary.md.\n", $2, $3 }' .summary
rm .summary
