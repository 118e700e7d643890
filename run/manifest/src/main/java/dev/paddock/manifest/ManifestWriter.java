package dev.paddock.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a manifest as the SDK writes it. */
public final class ManifestWriter {
  private ManifestWriter() {}

  public static ObjectNode json(WorkspaceManifest manifest) {
    ObjectNode out = Json.object().put("version", 1).put("root", manifest.root());
    out.set("entries", entries(manifest.entries()));
    ObjectNode variables = out.putObject("environment").putObject("value");
    manifest.environment().forEach((name, variable) -> put(variables, name, variable));
    users(out.putArray("users"), manifest.users());
    ArrayNode groups = out.putArray("groups");
    manifest.groups().forEach(group -> group(groups.addObject(), group));
    ArrayNode grants = out.putArray("extra_path_grants");
    for (PathGrant grant : manifest.extraPathGrants()) {
      ObjectNode one = grants.addObject().put("path", grant.path());
      one.put("read_only", grant.readOnly()).put("description", grant.description().orElse(null));
      grant.hostPath().ifPresent(path -> one.put("host_path", path));
    }
    manifest
        .remoteMountCommands()
        .ifPresent(
            commands -> {
              ArrayNode list = out.putArray("remote_mount_command_allowlist");
              commands.forEach(list::add);
            });
    return out;
  }

  private static void put(ObjectNode variables, String name, Variable variable) {
    switch (variable.form()) {
      case TEXT -> variables.put(name, variable.value());
      case TYPED -> typed(variables.putObject(name), variable);
      case DESCRIBED -> {
        ObjectNode described = variables.putObject(name);
        described.put("description", variable.description().orElse(null));
        described.put("ephemeral", variable.ephemeral());
        typed(described.putObject("value"), variable);
      }
    }
  }

  private static void typed(ObjectNode out, Variable variable) {
    out.put("type", "str").put("value", variable.value());
  }

  private static void users(ArrayNode out, List<String> users) {
    users.forEach(user -> out.addObject().put("name", user));
  }

  private static void group(ObjectNode out, Group group) {
    out.put("name", group.name());
    group.users().ifPresent(users -> users(out.putArray("users"), users));
  }

  private static ObjectNode entries(Map<String, Entry> entries) {
    ObjectNode out = Json.object();
    entries.forEach((key, entry) -> out.set(key, entry(entry)));
    return out;
  }

  private static ObjectNode entry(Entry entry) {
    ObjectNode out = Json.object().put("type", entry.type());
    traits(out, entry.traits());
    switch (entry) {
      case Entry.Dir dir -> out.set("children", entries(dir.children()));
      case Entry.File file -> out.put("content", file.content());
      case Entry.LocalFile file -> out.put("src", file.src());
      case Entry.LocalDir dir -> put(out, "src", dir.src());
      case Entry.GitRepo repo -> {
        out.put("host", repo.host()).put("repo", repo.repo()).put("ref", repo.ref());
        put(out, "subpath", repo.subpath());
      }
      case Entry.Mount mount -> {
        put(out, "mount_path", mount.mountPath());
        out.put("read_only", mount.readOnly());
        out.set("mount_strategy", mount.strategy().deepCopy());
        mount
            .storage()
            .fields()
            .keySet()
            .forEach(name -> put(out, name, Optional.ofNullable(mount.options().get(name))));
        if (mount.storage() == Storage.S3_FILES) {
          out.set("extra_options", mount.extraOptions().deepCopy());
        }
      }
    }
    return out;
  }

  private static void put(ObjectNode out, String name, Optional<String> value) {
    out.put(name, value.orElse(null));
  }

  private static void traits(ObjectNode out, Traits traits) {
    out.put("description", traits.description().orElse(null));
    out.put("ephemeral", traits.ephemeral());
    if (traits.group().isPresent()) {
      group(out.putObject("group"), traits.group().get());
    } else {
      out.putNull("group");
    }
    out.put("is_dir", traits.isDir());
    Permissions permissions = traits.permissions();
    out.putObject("permissions")
        .put("owner", permissions.owner())
        .put("group", permissions.group())
        .put("other", permissions.other())
        .put("directory", permissions.directory());
  }
}
