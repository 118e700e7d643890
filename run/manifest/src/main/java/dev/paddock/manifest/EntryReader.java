package dev.paddock.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the entries of one manifest, and counts them. */
final class EntryReader {
  private static final Set<String> COMMON =
      Set.of("type", "description", "ephemeral", "group", "is_dir", "permissions");
  private static final Set<String> MOUNT = Set.of("mount_path", "read_only", "mount_strategy");
  private static final int MAX_ENTRIES = 10_000;
  private static final long MAX_CONTENT = 16L << 20;
  private static final int MAX_STRATEGY = 16 << 10;
  private static final String EXTRA = "extra_options";
  private static final String TYPES =
      Stream.concat(
              Stream.of("dir", "file", "local_file", "local_dir", "git_repo"),
              Arrays.stream(Storage.values()).map(Storage::type))
          .collect(Collectors.joining(", "));

  private int entries;
  private long content;

  Map<String, Entry> entries(String path, Optional<JsonNode> value) {
    if (value.isEmpty() || value.get().isNull()) {
      return Map.of();
    }
    Map<String, Entry> read = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : Fields.of(path, value.get()).json().properties()) {
      if (++entries > MAX_ENTRIES) {
        throw ManifestException.wrong(path, "more than %,d entries".formatted(MAX_ENTRIES));
      }
      String own = Fields.member(path, member.getKey());
      ManifestPath.normal(own, member.getKey());
      read.put(member.getKey(), entry(Fields.of(own, member.getValue())));
    }
    return read;
  }

  private Entry entry(Fields fields) {
    String type = fields.text("type");
    return switch (type) {
      case "dir" -> {
        only(fields, "children");
        yield new Entry.Dir(
            traits(fields, true),
            entries(fields.at("children"), Optional.ofNullable(fields.json().get("children"))));
      }
      case "file" -> {
        only(fields, "content");
        yield new Entry.File(traits(fields, false), content(fields));
      }
      case "local_file" -> {
        only(fields, "src");
        yield new Entry.LocalFile(traits(fields, false), source(fields, fields.text("src")));
      }
      case "local_dir" -> {
        only(fields, "src");
        yield new Entry.LocalDir(
            traits(fields, true), fields.optionalText("src").map(src -> source(fields, src)));
      }
      case "git_repo" -> {
        only(fields, "host", "repo", "ref", "subpath");
        yield GitFields.read(fields, traits(fields, true));
      }
      default ->
          mount(
              fields,
              Storage.of(type)
                  .orElseThrow(
                      () ->
                          fields.wrong(
                              "type",
                              "\"%s\" is not known; there are: %s"
                                  .formatted(Fields.shown(type), TYPES))));
    };
  }

  private static void only(Fields fields, String... own) {
    Set<String> known = new HashSet<>(COMMON);
    known.addAll(List.of(own));
    fields.only(known);
  }

  private String content(Fields fields) {
    JsonNode value = fields.json().path("content");
    if (!value.isTextual()) {
      throw fields.wrong("content", "must be a text, not " + Fields.kind(value));
    }
    String text = value.textValue();
    if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
      throw fields.wrong("content", "has half a surrogate pair");
    }
    content += text.length();
    if (content > MAX_CONTENT) {
      throw fields.wrong(
          "content", "all files together have more than %,d characters".formatted(MAX_CONTENT));
    }
    return text;
  }

  private static String source(Fields fields, String src) {
    if (src.chars().anyMatch(Character::isISOControl)) {
      throw fields.wrong("src", "has a control character");
    }
    return src;
  }

  private static Traits traits(Fields fields, boolean folder) {
    Permissions permissions =
        fields.object("permissions").map(EntryReader::permissions).orElse(Permissions.USUAL);
    return new Traits(
        fields.optionalText("description"),
        fields.flag("ephemeral", false),
        fields.has("group") ? fields.object("group").map(ManifestReader::group) : Optional.empty(),
        fields.flag("is_dir", folder),
        folder ? permissions.ofFolder() : permissions);
  }

  private static Permissions permissions(Fields fields) {
    fields.only(Set.of("owner", "group", "other", "directory"));
    return new Permissions(
        fields.number("owner", 7, 0, 7),
        fields.number("group", 0, 0, 7),
        fields.number("other", 0, 0, 7),
        fields.flag("directory", false));
  }

  private static Entry mount(Fields fields, Storage storage) {
    Set<String> known = new HashSet<>(COMMON);
    known.addAll(MOUNT);
    known.addAll(storage.fields().keySet());
    if (storage == Storage.S3_FILES) {
      known.add(EXTRA);
    }
    fields.only(known);
    Traits said = traits(fields, true);
    Traits traits =
        new Traits(
            said.description(),
            fields.flag("ephemeral", true),
            said.group(),
            said.isDir(),
            Permissions.USUAL.ofFolder());
    Map<String, String> options = new LinkedHashMap<>();
    for (Storage.Field field : storage.fields().values()) {
      Optional<String> value = fields.optionalLine(field.name()).or(field::usual);
      if (field.required() && value.filter(text -> !text.isEmpty()).isEmpty()) {
        throw fields.wrong(field.name(), "must be there and not empty");
      }
      value.ifPresent(text -> options.put(field.name(), text));
    }
    Optional<String> mountPath = fields.optionalText("mount_path");
    mountPath.ifPresent(path -> ManifestPath.inWorkspace(fields.at("mount_path"), path));
    if (storage == Storage.BOX
        && !Set.of("user", "enterprise").contains(options.get("box_sub_type"))) {
      throw fields.wrong("box_sub_type", "must be user or enterprise");
    }
    return new Entry.Mount(
        traits,
        storage,
        mountPath,
        fields.flag("read_only", true),
        strategy(fields, storage),
        Map.copyOf(options),
        extra(fields));
  }

  private static ObjectNode extra(Fields fields) {
    Optional<Fields> extra = fields.object(EXTRA);
    extra.ifPresent(EntryReader::texts);
    return extra.map(Fields::json).orElseGet(Json::object);
  }

  private static void texts(Fields options) {
    options
        .json()
        .properties()
        .forEach(
            option -> {
              String path = Fields.member(options.path(), option.getKey());
              if (!option.getValue().isNull()) {
                Fields.text(path, option.getValue(), Fields.MAX_TEXT);
              }
            });
  }

  /** It says how the SDK would mount; here it must only be one that the SDK takes. */
  private static ObjectNode strategy(Fields fields, Storage storage) {
    Fields strategy =
        fields
            .object("mount_strategy")
            .orElseThrow(
                () ->
                    fields.wrong(
                        "mount_strategy",
                        "must be there, such as {\"type\": \"in_container\", \"pattern\": {\"type\": \"%s\"}}"
                            .formatted(storage.patterns().stream().sorted().toList().getLast())));
    if (Json.write(strategy.json()).length() > MAX_STRATEGY) {
      throw fields.wrong("mount_strategy", "is larger than %,d characters".formatted(MAX_STRATEGY));
    }
    switch (strategy.text("type")) {
      case "in_container" -> {
        strategy.only(Set.of("type", "pattern"));
        Fields pattern =
            strategy
                .object("pattern")
                .orElseThrow(() -> strategy.wrong("pattern", "must be there"));
        oneOf(pattern, "type", storage.patterns());
      }
      case "docker_volume" -> {
        strategy.only(Set.of("type", "driver", "driver_options"));
        oneOf(strategy, "driver", storage.drivers());
        strategy.object("driver_options").ifPresent(EntryReader::texts);
      }
      default -> throw strategy.wrong("type", "must be in_container or docker_volume");
    }
    return strategy.json().deepCopy();
  }

  private static void oneOf(Fields fields, String name, Set<String> known) {
    if (!known.contains(fields.text(name))) {
      throw fields.wrong(
          name,
          known.isEmpty()
              ? "is not offered for this kind of storage"
              : "must be one of: " + String.join(", ", known.stream().sorted().toList()));
    }
  }
}
