package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares a tree with the manifest it was made from, name by name. */
final class RestoreProof {
  private static final int NAMED = 20;

  private RestoreProof() {}

  /** {@code CORRUPT}, with what differs, where it is not the same. */
  static void require(List<TreeEntry> wanted, TreeScan.Scanned found) {
    List<String> differences = differences(wanted, found);
    if (!differences.isEmpty()) {
      int more = differences.size() - NAMED;
      throw new SandboxException(
          ErrorCode.CORRUPT,
          "the restored workspace is not complete: %s%s"
              .formatted(
                  String.join("; ", differences.subList(0, Math.min(NAMED, differences.size()))),
                  more > 0 ? "; and %,d more".formatted(more) : ""));
    }
  }

  static List<String> differences(List<TreeEntry> wanted, TreeScan.Scanned found) {
    Map<String, TreeEntry> there = new LinkedHashMap<>();
    found.entries().forEach(entry -> there.put(entry.path(), entry));
    List<String> differences = new ArrayList<>();
    for (TreeEntry entry : wanted) {
      TreeEntry actual = there.remove(entry.path());
      if (actual == null) {
        differences.add(entry.path() + " is missing");
      } else if (!actual.equals(entry)) {
        differences.add(entry.path() + ": " + difference(entry, actual));
      }
    }
    there.keySet().forEach(path -> differences.add(path + " should not be there"));
    found.skipped().forEach(s -> differences.add(s.path() + " cannot be read: " + s.reason()));
    return differences;
  }

  private static String difference(TreeEntry wanted, TreeEntry actual) {
    if (wanted.kind() != actual.kind()) {
      return "another kind, %s".formatted(actual.kind());
    }
    if (wanted.mode() != actual.mode()) {
      return "mode %03o instead of %03o".formatted(actual.mode(), wanted.mode());
    }
    if (wanted.size() != actual.size()) {
      return "%,d bytes instead of %,d".formatted(actual.size(), wanted.size());
    }
    if (!wanted.sha256().equals(actual.sha256())) {
      return "another content";
    }
    if (!wanted.target().equals(actual.target())) {
      return "it leads to %s instead of %s"
          .formatted(actual.target().orElse(""), wanted.target().orElse(""));
    }
    return "another time";
  }
}
