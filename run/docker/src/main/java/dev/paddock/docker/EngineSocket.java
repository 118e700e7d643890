package dev.paddock.docker;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a container engine of this machine listens. */
final class EngineSocket {
  private static final String SCHEME = "unix://";

  private EngineSocket() {}

  /**
   * The configured one, the one that {@code DOCKER_HOST} names, else the first of the usual ones
   * that is there.
   */
  static Optional<Path> find(Optional<String> configured, Map<String, String> environment) {
    Optional<String> named =
        configured
            .or(() -> Optional.ofNullable(environment.get("DOCKER_HOST")))
            .filter(host -> !host.isBlank());
    return named
        .map(EngineSocket::of)
        .or(() -> usual(environment).filter(Files::exists).findFirst());
  }

  private static Path of(String host) {
    if (!host.startsWith(SCHEME)) {
      throw new SandboxException(
          ErrorCode.INVALID_REQUEST,
          "the container engine must run on this machine, where the workspaces are: it is named as"
              + " unix:///path/of/its/socket, not as "
              + host);
    }
    return Path.of(host.substring(SCHEME.length()));
  }

  private static Stream<Path> usual(Map<String, String> environment) {
    List<Path> sockets =
        new ArrayList<>(
            List.of(Path.of("/var/run/docker.sock"), Path.of("/run/podman/podman.sock")));
    Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
        .map(Path::of)
        .ifPresent(
            own ->
                sockets.addAll(
                    List.of(own.resolve("docker.sock"), own.resolve("podman/podman.sock"))));
    return sockets.stream();
  }
}
