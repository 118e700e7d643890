package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.ServerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an environment is made of, or changed by.
 *
 * @param files to put into it
 * @param hosts that it may reach; empty leaves what it has, and a new one has no network
 * @param variables of the sandbox's environment
 * @param shown {@code sources} without their content, and {@code network}, as they are answered
 */
record EnvironmentSpec(
    List<SourceFile> files,
    Optional<List<String>> hosts,
    Map<String, String> variables,
    ObjectNode shown) {
  private static final int MOST_SOURCES = 200;
  private static final int MOST_HOSTS = 200;
  private static final int MOST_VARIABLES = 100;
  private static final int LONGEST_VALUE = 32 << 10;
  private static final Pattern HOST =
      Pattern.compile(
          "\\*|(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final Set<String> SOURCES =
      Set.of("inline", "gcs", "repository", "skill_registry");

  /** A file that stands in the request. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record SourceFile(String path, byte[] bytes) {}

  /** Of a request's {@code sources}, {@code network} and {@code env}. */
  static EnvironmentSpec read(Fields fields) {
    ObjectNode shown = Json.object();
    List<SourceFile> files = new ArrayList<>();
    ArrayNode sources = Json.mapper().createArrayNode();
    for (Fields.Item item : fields.list("sources", MOST_SOURCES)) {
      Fields source = Fields.of(item.value(), item.place());
      files.add(file(source));
      ObjectNode without = source.all().deepCopy();
      without.remove("content");
      sources.add(without);
    }
    requireApart(files, fields.at("sources"));
    if (!sources.isEmpty()) {
      shown.set("sources", sources);
    }
    Optional<List<String>> hosts =
        fields.find("network").map(node -> hosts(node, fields.at("network")));
    fields.find("network").ifPresent(node -> shown.set("network", node));
    return new EnvironmentSpec(files, hosts, variables(fields), shown);
  }

  private static SourceFile file(Fields source) {
    String type = source.oneOf("type", SOURCES).orElse("inline");
    String target = source.requiredText("target");
    if (!type.equals("inline")) {
      FilePath.read(target, source.at("target"));
      source.requiredText("source");
      throw Fields.missing(source.at("type"), "a source of type " + type);
    }
    String path = FilePath.ofFile(target, source.at("target"));
    String content = source.requiredText("content");
    String encoding = source.text("encoding").orElse("").toLowerCase(Locale.ROOT);
    source.ignoring("source").noOthers();
    return switch (encoding) {
      case "", "utf-8", "utf8", "text" ->
          new SourceFile(path, content.getBytes(StandardCharsets.UTF_8));
      case "base64" -> new SourceFile(path, base64(content, source.at("content")));
      default -> throw ServerException.invalid(source.at("encoding"), "must be base64 or utf-8");
    };
  }

  private static byte[] base64(String content, String place) {
    try {
      return Base64.getDecoder().decode(content);
    } catch (IllegalArgumentException e) {
      throw ServerException.invalid(place, "is not base64");
    }
  }

  /** No path may be there twice, or be another one's folder. */
  private static void requireApart(List<SourceFile> files, String place) {
    Set<String> paths = new HashSet<>();
    for (SourceFile file : files) {
      if (!paths.add(file.path())) {
        throw ServerException.invalid(
            place, "two sources have the target \"%s\"".formatted(Fields.shown(file.path())));
      }
    }
    for (SourceFile file : files) {
      for (int slash = file.path().indexOf('/'); slash > 0; ) {
        String folder = file.path().substring(0, slash);
        if (paths.contains(folder)) {
          throw ServerException.invalid(
              place, "\"%s\" is a file and a folder".formatted(Fields.shown(folder)));
        }
        slash = file.path().indexOf('/', slash + 1);
      }
    }
  }

  private static List<String> hosts(JsonNode network, String place) {
    if (network.isTextual()) {
      requireDisabled(network, place);
      return List.of();
    }
    Fields fields = Fields.of(network, place);
    Optional<JsonNode> allowlist = fields.find("allowlist");
    fields.noOthers();
    if (allowlist.isEmpty()) {
      return List.of();
    }
    if (allowlist.get().isTextual()) {
      requireDisabled(allowlist.get(), fields.at("allowlist"));
      return List.of();
    }
    List<String> hosts = new ArrayList<>();
    for (Fields.Item item : Fields.items(allowlist.get(), fields.at("allowlist"), MOST_HOSTS)) {
      Fields entry = Fields.of(item.value(), item.place());
      entry.notOffered("transform", "putting headers into requests");
      entry.notOffered("credential", "a credential of the server");
      String domain = entry.requiredText("domain").toLowerCase(Locale.ROOT);
      entry.noOthers();
      if (domain.length() > 253 || !HOST.matcher(domain).matches()) {
        throw ServerException.invalid(
            entry.at("domain"),
            "\"%s\" is no host name, *.host or *".formatted(Fields.shown(domain)));
      }
      hosts.add(domain);
    }
    return List.copyOf(hosts);
  }

  private static void requireDisabled(JsonNode text, String place) {
    if (!text.textValue().equals("disabled")) {
      throw ServerException.invalid(place, "must be \"disabled\" or name hosts");
    }
  }

  private static Map<String, String> variables(Fields fields) {
    Map<String, String> variables = new LinkedHashMap<>();
    Optional<Fields> env = fields.object("env");
    if (env.isEmpty()) {
      return variables;
    }
    if (env.get().all().size() > MOST_VARIABLES) {
      throw ServerException.invalid(
          fields.at("env"), "has more than %d variables".formatted(MOST_VARIABLES));
    }
    env.get()
        .all()
        .properties()
        .forEach(
            entry -> {
              String place = env.get().at(entry.getKey());
              if (!VARIABLE.matcher(entry.getKey()).matches()) {
                throw ServerException.invalid(Fields.shown(place), "is no variable's name");
              }
              variables.put(entry.getKey(), value(entry.getValue(), place));
            });
    return variables;
  }

  private static String value(JsonNode node, String place) {
    String value;
    if (node.isTextual()) {
      value = node.textValue();
    } else {
      Fields fields = Fields.of(node, place);
      fields.notOffered("credential", "a credential of the server");
      value = fields.requiredText("value");
      fields.noOthers();
    }
    if (value.length() > LONGEST_VALUE || value.indexOf('\0') >= 0) {
      throw ServerException.invalid(
          place, "has at most %,d characters and no NUL".formatted(LONGEST_VALUE));
    }
    return value;
  }
}
