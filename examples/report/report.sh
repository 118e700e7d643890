#!/bin/sh
# report.sh revenue|units month|region|product: outputs/report.md and outputs/chart.svg from sales.csv.
set -eu
sum=${1:?sum: revenue or units}
by=${2:?by: month, region or product}
cd /workspace
mkdir -p outputs

awk -F, -v sum="$sum" -v by="$by" '
NR == 1 { sub(/\r$/, ""); for (i = 1; i <= NF; i++) column[$i] = i
  if (!(sum in column) || !("date" in column)) { print "sales.csv lacks the column " sum " or date" > "/dev/stderr"; bad = 1; exit 1 }
  next }
NF > 1 { sub(/\r$/, "")
  key = by == "month" ? substr($(column["date"]), 1, 7) : $(column[by])
  value[key] += $(column[sum]); rows[key]++ }
END { if (!bad) for (key in value) printf "%s\t%.2f\t%d\n", key, value[key], rows[key] }' sales.csv | LC_ALL=C sort > outputs/.sums
[ -s outputs/.sums ]

awk -F'\t' -v sum="$sum" -v by="$by" '
function escape(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }
function nice(x,    p) { p = 1; while (p * 10 <= x) p *= 10; while (p > x && p > 0) p /= 10
  return x <= p ? p : x <= 2 * p ? 2 * p : x <= 5 * p ? 5 * p : 10 * p }
{ key[NR] = $1; value[NR] = $2; if ($2 > top) top = $2 }
END {
  max = nice(top); left = 90; bottom = 300; height = 250; step = 560 / NR
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 360\" role=\"img\" aria-label=\"%s by %s\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n", sum, by
  print "<rect width=\"680\" height=\"360\" fill=\"#ffffff\"/>"
  printf "<text x=\"%d\" y=\"28\" font-size=\"16\" font-weight=\"600\" fill=\"#0f172a\">%s by %s</text>\n", left, sum, by
  for (i = 0; i <= 4; i++) { y = bottom - height * i / 4
    printf "<path d=\"M%d %.1fH650\" stroke=\"#e2e8f0\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#475569\">%g</text>\n", left, y, left - 8, y + 4, max * i / 4 }
  for (i = 1; i <= NR; i++) { h = height * value[i] / max; x = left + (i - 1) * step + step * .15
    printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#0f766e\"><title>%s: %s</title></rect>\n", x, bottom - h, step * .7, h, escape(key[i]), value[i]
    printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#475569\">%s</text>\n", x + step * .35, bottom + 20, escape(key[i]) }
  print "</svg>"
}' outputs/.sums > outputs/chart.svg

awk -F'\t' -v sum="$sum" -v by="$by" '
{ key[NR] = $1; value[NR] = $2; rows[NR] = $3; total += $2; if ($2 > top) { top = $2; best = $1 } }
END {
  report = "outputs/report.md"
  print "# Sales: " sum " by " by "\n\n![" sum " by " by "](chart.svg)\n" > report
  print "| " by " | rows | " sum " | share |\n|---|---:|---:|---:|" > report
  for (i = 1; i <= NR; i++) printf "| %s | %d | %.2f | %.1f %% |\n", key[i], rows[i], value[i], total ? 100 * value[i] / total : 0 > report
  printf "| all | | %.2f | |\n", total > report
  printf "%s by %s: %s leads with %.2f of %.2f.\n", sum, by, best, top, total
}' outputs/.sums
rm outputs/.sums
