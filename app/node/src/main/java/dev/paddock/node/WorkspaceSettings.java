package dev.paddock.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.egress.EgressException;
import dev.paddock.egress.Host;
import dev.paddock.egress.HostPattern;
import dev.paddock.manifest.StorageLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code config.toml} says of manifests.
 *
 * @param extraPaths of this machine that a manifest may have shown to a sandbox
 * @param mountBytes that one mount may bring in
 * @param secrets by the name that a manifest of {@code paddock run} calls them by
 */
public record WorkspaceSettings(
    List<Path> extraPaths, long mountBytes, Map<String, Secret> secrets) {
  static final WorkspaceSettings NONE =
      new WorkspaceSettings(List.of(), StorageLimits.DEFAULT.maxBytes(), Map.of());

  private static final Set<String> KEYS = Set.of("extra_paths", "mount_bytes");
  private static final Set<String> SECRET_KEYS = Set.of("from", "hosts");
  private static final int MAX_SECRET = 64 << 10;
  private static final String VARIABLE = "env:";
  private static final String FILE = "file:";

  /**
   * Where a secret is, and whom it may become known to.
   *
   * @param from {@code env:NAME} or {@code file:/absolute/path}
   */
  record Secret(String from, List<HostPattern> hosts) {
    boolean isFor(List<Host> asked) {
      return asked.stream()
          .allMatch(host -> hosts.stream().anyMatch(pattern -> pattern.matches(host)));
    }

    Optional<String> value(Map<String, String> environment) {
      if (from.startsWith(VARIABLE)) {
        return Optional.ofNullable(environment.get(from.substring(VARIABLE.length())));
      }
      Path file = Path.of(from.substring(FILE.length()));
      try (InputStream in = Files.newInputStream(file)) {
        return Optional.of(new String(in.readNBytes(MAX_SECRET), StandardCharsets.UTF_8).strip());
      } catch (IOException e) {
        throw new NodeException(ErrorCode.NOT_FOUND, "cannot read the secret in " + file, e);
      }
    }
  }

  static WorkspaceSettings read(JsonNode workspace, JsonNode secrets, Settings.Reader reader) {
    reader.only(workspace, KEYS, List.of("workspace"));
    List<Path> paths = new ArrayList<>();
    JsonNode written = workspace.path("extra_paths");
    for (JsonNode path : written.isTextual() ? List.of(written) : written) {
      if (!path.asText().startsWith("/")) {
        throw reader.wrong("extra_paths", "workspace.extra_paths are absolute paths");
      }
      paths.add(Path.of(path.asText()));
    }
    JsonNode bytes = workspace.path("mount_bytes");
    if (!bytes.isMissingNode() && (!bytes.isIntegralNumber() || bytes.longValue() < 1)) {
      throw reader.wrong("mount_bytes", "workspace.mount_bytes must be a whole number, 1 or more");
    }
    Map<String, Secret> known = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> secret : secrets.properties()) {
      known.put(secret.getKey(), secret(secret.getKey(), secret.getValue(), reader));
    }
    return new WorkspaceSettings(
        List.copyOf(paths), bytes.asLong(NONE.mountBytes()), Map.copyOf(known));
  }

  private static Secret secret(String name, JsonNode table, Settings.Reader reader) {
    reader.only(table, SECRET_KEYS, List.of("secrets", name));
    String from = table.path("from").asText();
    if (!from.matches("env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")) {
      throw reader.wrong(
          name, "secrets.%s.from must be \"env:NAME\" or \"file:/path\"".formatted(name));
    }
    List<HostPattern> hosts = new ArrayList<>();
    for (JsonNode host : table.path("hosts")) {
      try {
        hosts.add(HostPattern.parse(host.asText()));
      } catch (EgressException e) {
        throw reader.wrong(name, "secrets.%s.hosts: %s".formatted(name, e.getMessage()));
      }
    }
    if (hosts.isEmpty()) {
      throw reader.wrong(
          name, "secrets.%s.hosts must name the hosts that may be sent it".formatted(name));
    }
    return new Secret(from, List.copyOf(hosts));
  }
}
