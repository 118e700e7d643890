package dev.paddock.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * An entry and where it lies.
 *
 * @param field where it stands in the manifest, for messages
 * @param path relative to the workspace, without {@code .} and {@code ..}
 */
public record PlacedEntry(String field, String path, Entry entry) {
  static List<PlacedEntry> of(WorkspaceManifest manifest) {
    List<PlacedEntry> all = new ArrayList<>();
    add("entries", "", manifest.entries(), all);
    all.sort(Comparator.comparingInt(placed -> ManifestPath.depth(placed.path())));
    return List.copyOf(all);
  }

  private static void add(
      String field, String folder, Map<String, Entry> entries, List<PlacedEntry> all) {
    entries.forEach(
        (key, entry) -> {
          String own = Fields.member(field, key);
          String path = ManifestPath.join(folder, ManifestPath.normal(own, key));
          if (entry instanceof Entry.Mount mount && mount.mountPath().isPresent()) {
            String at = Fields.field(own, "mount_path");
            path = ManifestPath.inWorkspace(at, mount.mountPath().get());
          }
          all.add(new PlacedEntry(own, path, entry));
          if (entry instanceof Entry.Dir dir) {
            add(Fields.field(own, "children"), path, dir.children(), all);
          }
        });
  }
}
