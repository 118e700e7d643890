package dev.paddock.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a manifest that nobody vouches for. What is wrong is an error that begins with the path of
 * the field; what the SDK would leave out without a word is one too.
 */
public final class ManifestReader {
  /** The largest manifest, in bytes of JSON. */
  public static final int MAX_BYTES = 32 << 20;

  private static final Set<String> FIELDS =
      Set.of(
          "version",
          "root",
          "entries",
          "environment",
          "users",
          "groups",
          "extra_path_grants",
          "remote_mount_command_allowlist");
  private static final int MAX_VARIABLES = 256;
  private static final int MAX_ACCOUNTS = 256;
  private static final int MAX_GRANTS = 64;
  private static final int MAX_COMMANDS = 256;
  private static final int MAX_VALUE = 32 << 10;
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");
  private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");

  private ManifestReader() {}

  /** Reads JSON text. */
  public static WorkspaceManifest read(String json) {
    if (json.length() > MAX_BYTES || json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new ManifestException(
          ErrorCode.LIMIT_EXCEEDED, "a manifest has at most %,d bytes".formatted(MAX_BYTES));
    }
    try {
      return read(Json.tree(json));
    } catch (CoreException e) {
      throw new ManifestException(ErrorCode.INVALID_REQUEST, e.getMessage(), e);
    }
  }

  public static WorkspaceManifest read(JsonNode json) {
    Fields top = Fields.of("", json);
    top.only(FIELDS);
    top.number("version", 1, 1, 1);
    WorkspaceManifest manifest =
        new WorkspaceManifest(
            root(top),
            new EntryReader().entries("entries", Optional.ofNullable(top.json().get("entries"))),
            environment(top),
            users(top, "users"),
            groups(top),
            grants(top),
            commands(top));
    PlaceRules.check(manifest.placed());
    return manifest;
  }

  private static String root(Fields top) {
    if (!top.json().has("root")) {
      return WorkspaceManifest.ROOT;
    }
    String root = Fields.text("root", top.json().get("root"), Fields.MAX_TEXT);
    if (!root.startsWith("/")) {
      throw top.wrong("root", "must be an absolute path, such as /workspace");
    }
    return root;
  }

  private static Map<String, Variable> environment(Fields top) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    Optional<Fields> environment = top.object("environment");
    environment.ifPresent(fields -> fields.only(Set.of("value")));
    environment
        .flatMap(fields -> fields.object("value"))
        .ifPresent(
            values -> {
              if (values.json().size() > MAX_VARIABLES) {
                throw top.wrong("environment", "at most %d variables".formatted(MAX_VARIABLES));
              }
              values
                  .json()
                  .properties()
                  .forEach(
                      entry ->
                          variables.put(
                              entry.getKey(),
                              variable(values.path(), entry.getKey(), entry.getValue())));
            });
    return variables;
  }

  private static Variable variable(String above, String name, JsonNode value) {
    String path = Fields.member(above, name);
    if (!VARIABLE.matcher(name).matches()) {
      throw ManifestException.wrong(path, "is no name of a variable: letters, digits and _");
    }
    if (value.isTextual()) {
      return variable(path, value, Variable.Form.TEXT);
    }
    Fields fields = Fields.of(path, value);
    if (fields.json().has("type") || fields.json().path("value").isTextual()) {
      return typed(fields);
    }
    fields.only(Set.of("description", "ephemeral", "value"));
    Fields inner = fields.object("value").orElseThrow(() -> fields.wrong("value", "must be there"));
    return new Variable(
        typed(inner).value(),
        Variable.Form.DESCRIBED,
        fields.optionalText("description"),
        fields.flag("ephemeral", false));
  }

  private static Variable typed(Fields fields) {
    fields.only(Set.of("type", "value"));
    if (fields.json().has("type") && !fields.text("type").equals("str")) {
      throw fields.wrong("type", "must be \"str\"; values of other types are not known here");
    }
    JsonNode value = fields.json().path("value");
    return variable(fields.at("value"), value, Variable.Form.TYPED);
  }

  private static Variable variable(String path, JsonNode value, Variable.Form form) {
    return new Variable(Fields.text(path, value, MAX_VALUE), form, Optional.empty(), false);
  }

  private static List<String> users(Fields fields, String name) {
    Set<String> known = new HashSet<>();
    return fields.list(name, MAX_ACCOUNTS).stream()
        .map(
            item -> {
              String user = user(Fields.of(item.path(), item.value()));
              if (!known.add(user)) {
                throw ManifestException.wrong(item.path(), "stands here twice: " + user);
              }
              return user;
            })
        .toList();
  }

  private static String user(Fields fields) {
    fields.only(Set.of("name"));
    return account(fields);
  }

  private static String account(Fields fields) {
    String name = fields.text("name");
    if (!ACCOUNT.matcher(name).matches()) {
      throw fields.wrong(
          "name", "must begin with a small letter, then letters, digits, _ . and -, 32 at most");
    }
    return name;
  }

  private static List<Group> groups(Fields top) {
    Set<String> known = new HashSet<>();
    return top.list("groups", MAX_ACCOUNTS).stream()
        .map(
            item -> {
              Fields fields = Fields.of(item.path(), item.value());
              Group group = group(fields);
              if (group.users().isEmpty()) {
                throw fields.wrong("users", "must be there, if only as an empty list");
              }
              if (!known.add(group.name())) {
                throw fields.wrong("name", "stands here twice: " + group.name());
              }
              return group;
            })
        .toList();
  }

  static Group group(Fields fields) {
    fields.only(Set.of("name", "users"));
    String name = account(fields);
    return new Group(
        name, fields.json().has("users") ? Optional.of(users(fields, "users")) : Optional.empty());
  }

  private static List<PathGrant> grants(Fields top) {
    return top.list("extra_path_grants", MAX_GRANTS).stream()
        .map(
            item -> {
              Fields fields = Fields.of(item.path(), item.value());
              fields.only(Set.of("path", "read_only", "description", "host_path"));
              return new PathGrant(
                  absolute(fields, "path", fields.text("path")),
                  fields.flag("read_only", false),
                  fields.optionalText("description"),
                  fields
                      .optionalText("host_path")
                      .map(path -> absolute(fields, "host_path", path)));
            })
        .toList();
  }

  /** The folders of a grant go to a program's arguments: only one spelling, and no root. */
  private static String absolute(Fields fields, String name, String path) {
    if (!path.startsWith("/")) {
      throw fields.wrong(name, "must be an absolute path");
    }
    return "/" + ManifestPath.normal(fields.at(name), path.replaceFirst("^/+", ""));
  }

  private static Optional<List<String>> commands(Fields top) {
    String name = "remote_mount_command_allowlist";
    return top.json().has(name)
        ? Optional.of(
            top.list(name, MAX_COMMANDS).stream()
                .map(item -> Fields.text(item.path(), item.value(), Fields.MAX_TEXT))
                .toList())
        : Optional.empty();
  }
}
