package dev.paddock.sandbox;

import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Lines of files that match a regular expression. */
final class GrepTool extends WorkspaceTool {
  static final int MAX_OUTPUT = 100 << 10;

  private static final int MAX_SHOWN_LINE = 2_000;
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final long MAX_SEARCHED_BYTES = 256L << 20;
  private static final int MAX_PATTERN = 1_000;
  private static final Duration BUDGET = Duration.ofSeconds(30);

  private final Workspace workspace;
  private final Duration budget;

  GrepTool(Workspace workspace) {
    this(workspace, BUDGET);
  }

  GrepTool(Workspace workspace, Duration budget) {
    super(
        "grep",
        true,
        """
        Searches files for lines that match a regular expression (Java's, which is close to Perl's) and \
        gives them as path:line:text, at most 100 KB of them. Binary files and links are left out; .git \
        and node_modules are looked into only when named.
        """,
        """
        {"type": "object",
         "properties": {
           "pattern": {"type": "string", "description": "The regular expression, matched line by line"},
           "path": {"type": "string", "description": "The folder or file to search; /workspace unless given"},
           "glob": {"type": "string", "description": "Only files that match, such as *.py"},
           "ignore_case": {"type": "boolean"},
           "files_only": {"type": "boolean", "description": "Give the paths of files that match, not their lines"}},
         "required": ["pattern"],
         "additionalProperties": false}
        """);
    this.workspace = workspace;
    this.budget = budget;
  }

  @Override
  ToolResult run(ToolInput input, ToolInvocation invocation) throws InterruptedException {
    boolean filesOnly = input.flag("files_only");
    Pattern pattern = compile(input.text("pattern"), input.flag("ignore_case"));
    Optional<String> glob =
        input.optionalText("glob").map(given -> given.contains("/") ? given : "**/" + given);
    Search search = Search.in(workspace, input.optionalText("path"), glob);
    Hits hits = new Hits(filesOnly);
    try {
      BoundedMatcher matcher = new BoundedMatcher(pattern, budget);
      for (String path : search.files()) {
        if (!hits.full()) {
          search(path, matcher, hits);
        }
      }
    } catch (BoundedMatcher.TooSlow e) {
      return ToolResult.error(hits.text() + "[stopped: " + e.getMessage() + "]");
    }
    return ToolResult.ok(
        (hits.isEmpty() ? "no matches" : hits.text().stripTrailing()) + search.note());
  }

  private static Pattern compile(String regex, boolean ignoreCase) {
    if (regex.isEmpty() || regex.length() > MAX_PATTERN) {
      throw ToolInput.invalid("\"pattern\" must have 1 to %,d characters".formatted(MAX_PATTERN));
    }
    int caseless = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    try {
      return Pattern.compile(regex, ignoreCase ? caseless : 0);
    } catch (PatternSyntaxException e) {
      throw ToolInput.invalid(
          "not a regular expression: %s at character %d; escape a literal one of .*+?()[]{}|^$ with a backslash"
              .formatted(e.getDescription(), e.getIndex() + 1));
    } catch (StackOverflowError e) {
      throw ToolInput.invalid("not a regular expression: it is nested too deeply");
    }
  }

  private void search(String path, BoundedMatcher matcher, Hits hits) throws InterruptedException {
    Workspace.Location at = workspace.locate(path);
    try (FileReader file = at.folder().read(at.path(), true)) {
      if (file.stat().size() > MAX_SEARCHED_BYTES) {
        hits.skip(new Skipped(path, "it is larger than %,d bytes".formatted(MAX_SEARCHED_BYTES)));
        return;
      }
      LineReader lines = new LineReader(file, MAX_LINE_BYTES);
      if (lines.binary()) {
        return;
      }
      for (long number = 1; lines.next() && !hits.full(); number++) {
        String line = lines.line();
        int found = matcher.find(line, path, number);
        if (found >= 0) {
          hits.add(path, number, shown(line, found));
          if (hits.filesOnly) {
            return;
          }
        }
      }
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT)) {
        hits.skip(Skipped.of(path, e));
      }
    } catch (IOException e) {
      hits.skip(Skipped.of(path, e));
    }
  }

  /** A long line around its match. */
  private static String shown(String line, int found) {
    if (line.length() <= MAX_SHOWN_LINE) {
      return line;
    }
    int from = Math.max(0, Math.min(found - MAX_SHOWN_LINE / 4, line.length() - MAX_SHOWN_LINE));
    int to = Math.min(line.length(), from + MAX_SHOWN_LINE);
    return (from > 0 ? "…" : "") + line.substring(from, to) + (to < line.length() ? "…" : "");
  }

  /** What was found, up to the limit. */
  private static final class Hits {
    private final boolean filesOnly;
    private final StringBuilder out = new StringBuilder();
    private boolean full;

    Hits(boolean filesOnly) {
      this.filesOnly = filesOnly;
    }

    void add(String path, long number, String line) {
      append(filesOnly ? path : path + ":" + number + ":" + line);
    }

    void skip(Skipped skipped) {
      append("[skipped %s: %s]".formatted(skipped.path(), skipped.reason()));
    }

    private void append(String text) {
      if (out.length() + text.length() > MAX_OUTPUT) {
        full = true;
        out.append("[more than 100 KB of matches; use a narrower pattern, glob or path]\n");
      } else {
        out.append(text).append('\n');
      }
    }

    boolean full() {
      return full;
    }

    boolean isEmpty() {
      return out.isEmpty();
    }

    String text() {
      return out.toString();
    }
  }
}
