package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a path that leads nowhere may have meant. */
final class Suggestion {
  private static final int MAX_NAMES = 2_000;

  private Suggestion() {}

  static SandboxException notFound(Workspace workspace, Workspace.Location at) {
    String hint = near(at).map(name -> "; did you mean " + name + "?").orElse("");
    if (hint.isEmpty() && workspace.stat(".").isPresent()) {
      hint = "; glob lists what is there";
    }
    return new SandboxException(
        ErrorCode.NOT_FOUND, "file not found: %s%s".formatted(at.shown(), hint));
  }

  private static Optional<String> near(Workspace.Location at) {
    int slash = at.path().lastIndexOf('/');
    String folder = slash < 0 ? "" : at.path().substring(0, slash);
    String wanted = at.path().substring(slash + 1);
    List<String> names = new ArrayList<>();
    try {
      at.folder()
          .list(
              folder,
              true,
              (name, kind) -> {
                names.add(name);
                return names.size() < MAX_NAMES;
              });
    } catch (Errno e) {
      return Optional.empty();
    }
    String shownFolder = at.shown().substring(0, at.shown().length() - wanted.length());
    return names.stream()
        .filter(name -> distance(wanted, name) <= Math.max(2, wanted.length() / 4))
        .min(
            Comparator.comparingInt((String name) -> distance(wanted, name))
                .thenComparing(name -> name))
        .map(name -> shownFolder + name);
  }

  /** Edits from one to the other, case aside; long names are not compared. */
  private static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    if (a.length() > 100 || Math.abs(a.length() - b.length()) > 25) {
      return a.equals(b) ? 0 : Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
