package dev.paddock.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a fresh workspace holds.
 *
 * @param root the workspace's path in the sandbox
 * @param entries by relative path, as it was written
 * @param remoteMountCommands of the SDK's own; kept, and not used here
 */
public record WorkspaceManifest(
    String root,
    Map<String, Entry> entries,
    Map<String, Variable> environment,
    List<String> users,
    List<Group> groups,
    List<PathGrant> extraPathGrants,
    Optional<List<String>> remoteMountCommands) {
  public static final String ROOT = "/workspace";
  public static final WorkspaceManifest EMPTY =
      new WorkspaceManifest(
          ROOT, Map.of(), Map.of(), List.of(), List.of(), List.of(), Optional.empty());

  public WorkspaceManifest {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    extraPathGrants = List.copyOf(extraPathGrants);
  }

  /** The environment's variables by name. */
  public Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    environment.forEach((name, variable) -> variables.put(name, variable.value()));
    return variables;
  }

  /** Every entry, a folder before what lies in it. */
  public List<PlacedEntry> placed() {
    return PlacedEntry.of(this);
  }

  /** The paths of entries that snapshots leave out. */
  public List<String> ephemeral() {
    return placed().stream()
        .filter(placed -> placed.entry().traits().ephemeral())
        .map(PlacedEntry::path)
        .toList();
  }
}
