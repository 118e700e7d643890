package dev.paddock.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.paddock.agent.HostRule;
import dev.paddock.core.ErrorCode;
import dev.paddock.web.SearchService;
import dev.paddock.web.WebException;
import dev.paddock.web.WebUrl;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What {@code config.toml} says. A wrong key or value is an error that names the line.
 *
 * @param models a model id or glob → the reference that stands behind it
 * @param prices a model reference → US dollars per million tokens, by kind of token
 * @param telemetry where spans go
 * @param packageHosts of the package registries that an environment may allow sandboxes to reach
 * @param sandbox where agents' commands run
 * @param webSearch where searches of the web go; without it there are none
 * @param workspace what manifests may have
 */
public record Settings(
    Map<String, String> models,
    Map<String, Map<String, BigDecimal>> prices,
    Telemetry telemetry,
    List<String> packageHosts,
    Sandbox sandbox,
    Optional<WebSearch> webSearch,
    WorkspaceSettings workspace) {
  private static final long MAX_IDLE_MINUTES = 7 * 24 * 60;
  private static final Settings EMPTY =
      new Settings(
          Map.of(),
          Map.of(),
          Telemetry.NONE,
          List.of(),
          Sandbox.NONE,
          Optional.empty(),
          WorkspaceSettings.NONE);
  private static final Set<String> KEYS =
      Set.of(
          "models",
          "prices",
          "telemetry",
          "network",
          "sandbox",
          "web_search",
          "workspace",
          "secrets");
  private static final Set<String> SANDBOX_KEYS = Set.of("place", "idle_minutes", "idle_keeps");
  private static final Set<String> NETWORK_KEYS = Set.of("package_hosts");
  private static final Set<String> WEB_SEARCH_KEYS = Set.of("provider", "url", "key_env");
  private static final Set<String> TELEMETRY_KEYS = Set.of("endpoint", "file");
  private static final Set<String> PRICE_KEYS =
      Set.of("input", "output", "cache_read", "cache_write");
  private static final long MAX_BYTES = 1 << 20;

  /**
   * Where spans go; the environment's {@code OTEL_EXPORTER_OTLP_ENDPOINT} wins.
   *
   * @param endpoint of a collector, without {@code /v1/traces}
   */
  public record Telemetry(Optional<String> endpoint, Optional<Path> file) {
    public static final Telemetry NONE = new Telemetry(Optional.empty(), Optional.empty());
  }

  /**
   * Where agents' commands run.
   *
   * @param place the name of a place, of those that this distribution has
   * @param places a place → its own settings
   * @param idle after which a sandbox that nothing uses is stopped
   * @param idleKeeps what is left of its files then
   */
  public record Sandbox(
      Optional<String> place,
      Map<String, Map<String, String>> places,
      Duration idle,
      IdleKeeps idleKeeps) {
    public static final Sandbox NONE =
        new Sandbox(Optional.empty(), Map.of(), Duration.ofMinutes(15), IdleKeeps.FOLDER);

    Map<String, String> of(String name) {
      return places.getOrDefault(name, Map.of());
    }
  }

  /** What is left of the files of a sandbox that was stopped because nothing used it. */
  public enum IdleKeeps {
    /** The folder, and a snapshot in case it is lost. */
    FOLDER,
    /** The snapshot alone, which takes less space and is brought back by the next use. */
    SNAPSHOT
  }

  /**
   * Where searches of the web go.
   *
   * @param keyVariable the environment's variable with the service's key
   */
  public record WebSearch(SearchService service, WebUrl url, Optional<String> keyVariable) {}

  /** The settings of a home; an absent file means every default. */
  public static Settings read(Path file) {
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new NodeException(
            ErrorCode.INVALID_REQUEST,
            file + " is larger than 1 MiB; it should hold settings only");
      }
      text = Files.readString(file);
    } catch (NoSuchFileException absent) {
      return EMPTY;
    } catch (IOException e) {
      throw new NodeException(ErrorCode.INVALID_REQUEST, "cannot read " + file + ": " + e, e);
    }
    return parse(file.toString(), text);
  }

  static Settings parse(String file, String text) {
    JsonNode tree;
    try {
      tree = new TomlMapper().readTree(text);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "%s line %d: %s"
              .formatted(file, line, e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
    Reader reader = new Reader(file, text);
    reader.only(tree, KEYS, List.of());
    Map<String, String> models = new LinkedHashMap<>();
    tree.path("models")
        .properties()
        .forEach(
            entry ->
                models.put(
                    entry.getKey(), reader.text(entry.getValue(), "models", entry.getKey())));
    Map<String, Map<String, BigDecimal>> prices = new LinkedHashMap<>();
    tree.path("prices")
        .properties()
        .forEach(
            entry -> prices.put(entry.getKey(), reader.price(entry.getKey(), entry.getValue())));
    JsonNode telemetry = tree.path("telemetry");
    reader.only(telemetry, TELEMETRY_KEYS, List.of("telemetry"));
    return new Settings(
        Map.copyOf(models),
        Map.copyOf(prices),
        new Telemetry(
            reader.optionalText(telemetry, "telemetry", "endpoint"),
            reader.optionalText(telemetry, "telemetry", "file").map(Path::of)),
        reader.hosts(tree.path("network")),
        reader.sandbox(tree.path("sandbox")),
        reader.webSearch(tree.path("web_search")),
        WorkspaceSettings.read(tree.path("workspace"), tree.path("secrets"), reader));
  }

  record Reader(String file, String text) {
    void only(JsonNode table, Set<String> allowed, List<String> path) {
      for (Map.Entry<String, JsonNode> entry : table.properties()) {
        if (!allowed.contains(entry.getKey())) {
          List<String> whole = new ArrayList<>(path);
          whole.add(entry.getKey());
          throw wrong(
              entry.getKey(),
              "unknown key \"%s\"; known here: %s"
                  .formatted(
                      String.join(".", whole),
                      String.join(", ", allowed.stream().sorted().toList())));
        }
      }
    }

    String text(JsonNode value, String table, String key) {
      if (!value.isTextual() || !value.textValue().contains("/")) {
        throw wrong(
            key,
            "%s.\"%s\" must be a model reference, such as \"openai/gpt-x\"".formatted(table, key));
      }
      return value.textValue();
    }

    Optional<String> optionalText(JsonNode table, String path, String key) {
      JsonNode value = table.path(key);
      if (value.isMissingNode()) {
        return Optional.empty();
      }
      if (!value.isTextual() || value.textValue().isBlank()) {
        throw wrong(key, "%s.%s must be a text".formatted(path, key));
      }
      return Optional.of(value.textValue());
    }

    Duration idle(JsonNode sandbox) {
      JsonNode minutes = sandbox.path("idle_minutes");
      if (minutes.isMissingNode()) {
        return Sandbox.NONE.idle();
      }
      if (!minutes.isIntegralNumber()
          || minutes.longValue() < 1
          || minutes.longValue() > MAX_IDLE_MINUTES) {
        throw wrong(
            "idle_minutes",
            "sandbox.idle_minutes must be a whole number from 1 to %,d"
                .formatted(MAX_IDLE_MINUTES));
      }
      return Duration.ofMinutes(minutes.longValue());
    }

    IdleKeeps idleKeeps(JsonNode sandbox) {
      Optional<String> said = optionalText(sandbox, "sandbox", "idle_keeps");
      return switch (said.orElse("folder")) {
        case "folder" -> IdleKeeps.FOLDER;
        case "snapshot" -> IdleKeeps.SNAPSHOT;
        default ->
            throw wrong("idle_keeps", "sandbox.idle_keeps must be \"folder\" or \"snapshot\"");
      };
    }

    List<String> hosts(JsonNode network) {
      only(network, NETWORK_KEYS, List.of("network"));
      List<String> hosts = new ArrayList<>();
      for (JsonNode host : network.path("package_hosts")) {
        try {
          EgressRules.rule(HostRule.of(host.asText()));
        } catch (NodeException e) {
          throw wrong("package_hosts", "network.package_hosts: " + e.getMessage());
        }
        hosts.add(host.asText());
      }
      return List.copyOf(hosts);
    }

    Sandbox sandbox(JsonNode table) {
      Set<String> keys = new TreeSet<>(SANDBOX_KEYS);
      SandboxPlaces.names().stream()
          .filter(place -> !SandboxPlaces.settings(place).isEmpty())
          .forEach(keys::add);
      only(table, keys, List.of("sandbox"));
      Optional<String> place = optionalText(table, "sandbox", "place");
      if (place.isPresent() && !SandboxPlaces.names().contains(place.get())) {
        throw wrong("place", SandboxPlaces.unknown(place.get()));
      }
      keys.removeAll(SANDBOX_KEYS);
      Map<String, Map<String, String>> places = new LinkedHashMap<>();
      for (String name : keys) {
        JsonNode own = table.path(name);
        if (!own.isMissingNode() && !own.isObject()) {
          throw wrong(name, "sandbox.%s must be a table".formatted(name));
        }
        only(own, SandboxPlaces.settings(name), List.of("sandbox", name));
        Map<String, String> settings = new LinkedHashMap<>();
        for (String key : SandboxPlaces.settings(name)) {
          optionalText(own, "sandbox." + name, key).ifPresent(value -> settings.put(key, value));
        }
        places.put(name, Map.copyOf(settings));
      }
      return new Sandbox(place, Map.copyOf(places), idle(table), idleKeeps(table));
    }

    Optional<WebSearch> webSearch(JsonNode table) {
      only(table, WEB_SEARCH_KEYS, List.of("web_search"));
      if (table.isMissingNode()) {
        return Optional.empty();
      }
      SearchService service =
          optionalText(table, "web_search", "provider")
              .flatMap(SearchService::named)
              .orElseThrow(
                  () ->
                      wrong(
                          table.has("provider") ? "provider" : "web_search",
                          "web_search.provider must be one of "
                              + String.join(", ", SearchService.names())));
      String url =
          optionalText(table, "web_search", "url")
              .or(service::url)
              .orElseThrow(
                  () ->
                      wrong(
                          "provider",
                          "web_search.url must be the address of your %s instance"
                              .formatted(service.text())));
      Optional<String> key = optionalText(table, "web_search", "key_env");
      if (key.isPresent() && !key.get().matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw wrong(
            "key_env", "web_search.key_env must be the name of an environment variable, not a key");
      }
      try {
        return Optional.of(new WebSearch(service, WebUrl.parse(url), key.or(service::keyVariable)));
      } catch (WebException e) {
        throw wrong("url", "web_search.url: " + e.getMessage());
      }
    }

    Map<String, BigDecimal> price(String model, JsonNode value) {
      if (!value.isObject()) {
        throw wrong(
            model,
            "prices.\"%s\" must be a table with input, output and cache_read".formatted(model));
      }
      only(value, PRICE_KEYS, List.of("prices", model));
      Map<String, BigDecimal> price = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        if (!entry.getValue().isNumber() || entry.getValue().decimalValue().signum() < 0) {
          throw wrong(
              entry.getKey(),
              "prices.\"%s\".%s must be US dollars per million tokens"
                  .formatted(model, entry.getKey()));
        }
        price.put(entry.getKey(), entry.getValue().decimalValue());
      }
      return Map.copyOf(price);
    }

    NodeException wrong(String key, String message) {
      return new NodeException(
          ErrorCode.INVALID_REQUEST, "%s line %d: %s".formatted(file, lineOf(key), message));
    }

    private int lineOf(String key) {
      Pattern use =
          Pattern.compile("^\\s*(\\[.*)?[\"']?" + Pattern.quote(key) + "[\"']?\\s*(=|\\]|\\.)");
      int number = 0;
      for (String line : text.split("\n", -1)) {
        number++;
        if (use.matcher(line).find()) {
          return number;
        }
      }
      return 1;
    }
  }
}
