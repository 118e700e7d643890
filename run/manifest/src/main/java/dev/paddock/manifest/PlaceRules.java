package dev.paddock.manifest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** No two entries at one path, and none below something that is not a folder of its own. */
final class PlaceRules {
  private PlaceRules() {}

  static void check(List<PlacedEntry> placed) {
    Map<String, PlacedEntry> known = new HashMap<>();
    for (PlacedEntry one : placed) {
      if (ManifestPath.depth(one.path()) > ManifestPath.MAX_DEPTH
          || one.path().length() > ManifestPath.MAX_PATH) {
        throw ManifestException.wrong(
            one.field(),
            "lies deeper than %d folders, or its path is longer than %,d characters"
                .formatted(ManifestPath.MAX_DEPTH, ManifestPath.MAX_PATH));
      }
      PlacedEntry other = known.putIfAbsent(one.path(), one);
      if (other != null) {
        throw ManifestException.wrong(
            one.field(),
            "%s has the same path, \"%s\"".formatted(other.field(), Fields.shown(one.path())));
      }
    }
    for (PlacedEntry one : placed) {
      for (String above = ManifestPath.parent(one.path());
          !above.isEmpty();
          above = ManifestPath.parent(above)) {
        PlacedEntry holder = known.get(above);
        if (holder != null && !takesOthers(holder.entry())) {
          throw ManifestException.wrong(
              one.field(), "lies below %s, a %s".formatted(holder.field(), holder.entry().type()));
        }
      }
    }
  }

  private static boolean takesOthers(Entry entry) {
    return switch (entry) {
      case Entry.Dir dir -> true;
      case Entry.LocalDir dir -> true;
      case Entry.GitRepo repo -> true;
      case Entry.File file -> false;
      case Entry.LocalFile file -> false;
      case Entry.Mount mount -> false;
    };
  }
}
