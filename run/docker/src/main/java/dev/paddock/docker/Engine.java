package dev.paddock.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Docker or Podman, through the interface that both have. */
final class Engine implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int CONNECTIONS = 1_000;

  private final DockerClient client;
  private final Path socket;
  private final boolean podman;
  private final Info info;

  private Engine(DockerClient client, Path socket, boolean podman, Info info) {
    this.client = client;
    this.socket = socket;
    this.podman = podman;
    this.info = info;
  }

  /**
   * @param folder read for settings of the client, of which there are none: not those of the user,
   *     whose registries and keys are not needed
   */
  static Engine connect(Path socket, Path folder) {
    DockerClientConfig config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost("unix://" + socket)
            .withDockerTlsVerify(false)
            .withDockerConfig(folder.toString())
            .build();
    DockerClient client =
        DockerClientImpl.getInstance(
            config,
            new ApacheDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .maxConnections(CONNECTIONS)
                .connectionTimeout(CONNECT)
                .build());
    try {
      boolean podman =
          Optional.ofNullable(client.versionCmd().exec().getComponents()).stream()
              .flatMap(List::stream)
              .anyMatch(part -> String.valueOf(part.getName()).startsWith("Podman"));
      return new Engine(client, socket, podman, client.infoCmd().exec());
    } catch (RuntimeException e) {
      close(client);
      throw new SandboxException(
          ErrorCode.ISOLATION_MISSING,
          "no container engine answers at %s: %s".formatted(socket, reason(e)),
          e);
    }
  }

  String name() {
    return podman ? "podman" : "docker";
  }

  String describe() {
    return "%s %s at %s".formatted(name(), info.getServerVersion(), socket);
  }

  boolean podman() {
    return podman;
  }

  /** Whether it runs as an ordinary user, who is root in its containers. */
  boolean rootless() {
    return securityOption("rootless");
  }

  boolean filtersSystemCalls() {
    return securityOption("seccomp");
  }

  private boolean securityOption(String name) {
    return Optional.ofNullable(info.getSecurityOptions()).stream()
        .flatMap(List::stream)
        .anyMatch(option -> option.contains(name));
  }

  /** Whether it can limit memory, which it cannot where it has no control groups of its own. */
  boolean limitsMemory() {
    return Boolean.TRUE.equals(info.getMemoryLimit());
  }

  boolean has(String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    } catch (RuntimeException e) {
      throw failed("look for the image " + image, e);
    }
  }

  CreateContainerCmd container(String image) {
    return client.createContainerCmd(image);
  }

  String create(CreateContainerCmd command) {
    return asking("create a container", () -> command.exec().getId());
  }

  void start(String container) {
    asking(
        "start a container",
        () -> {
          client.startContainerCmd(container).exec();
          return container;
        });
  }

  InspectContainerResponse inspect(String container) {
    return asking("look at a container", () -> client.inspectContainerCmd(container).exec());
  }

  /** The process id of a container's first process on this machine, if it runs. */
  Optional<Long> firstProcess(String container) {
    InspectContainerResponse.ContainerState state = inspect(container).getState();
    return Boolean.TRUE.equals(state.getRunning())
        ? Optional.ofNullable(state.getPidLong()).filter(pid -> pid > 0)
        : Optional.empty();
  }

  /** Kills all in it; no matter if nothing runs. */
  void kill(String container) {
    try {
      client.killContainerCmd(container).exec();
    } catch (ConflictException | NotFoundException ended) {
      return;
    } catch (DockerException e) {
      if (firstProcess(container).isPresent()) { // engines say in many ways that it does not run
        throw failed("kill a container", e);
      }
    }
  }

  void remove(String container) {
    try {
      client.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
    } catch (NotFoundException gone) {
      return;
    } catch (RuntimeException e) {
      throw failed("remove a container", e);
    }
  }

  /** All containers with a label, whether they run or not. */
  List<String> labelled(String label, String value) {
    return asking(
        "list containers",
        () ->
            client
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(label, value))
                .exec()
                .stream()
                .map(container -> container.getId())
                .toList());
  }

  /**
   * @param terminal whether it gets a terminal of its own, whose output is one
   */
  String createCommand(String container, List<String> command, boolean input, boolean terminal) {
    ExecCreateCmd create =
        client
            .execCreateCmd(container)
            .withAttachStdin(input)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .withTty(terminal)
            .withCmd(command.toArray(String[]::new));
    return asking("prepare a command", () -> create.exec().getId());
  }

  CommandStream startCommand(String command, boolean terminal) {
    try {
      return CommandStream.start(socket, command, terminal);
    } catch (IOException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "%s could not start a command: %s".formatted(name(), e), e);
    }
  }

  /** False where the command does not run: not yet, or not any more. */
  boolean resize(String command, TerminalSize size) {
    try {
      client.resizeExecCmd(command).withSize(size.rows(), size.columns()).exec();
      return true;
    } catch (ConflictException | InternalServerErrorException | NotFoundException notRunning) {
      return false;
    } catch (RuntimeException e) {
      throw new SandboxException(
          ErrorCode.UNAVAILABLE, "%s could not resize a terminal: %s".formatted(name(), e), e);
    }
  }

  /** Empty when its container has ended. */
  Optional<InspectExecResponse> command(String container, String command) {
    try {
      return Optional.of(client.inspectExecCmd(command).exec());
    } catch (RuntimeException e) {
      if (firstProcess(container).isPresent()) {
        throw failed("look at a command", e);
      }
      return Optional.empty();
    }
  }

  /**
   * Docker alone tells by an exit code that a command has begun and ended; Podman says 0 before.
   */
  boolean tellsExit(InspectExecResponse command) {
    return !podman && command.getExitCodeLong() != null;
  }

  private <T> T asking(String what, Supplier<T> ask) {
    try {
      return ask.get();
    } catch (RuntimeException e) {
      throw failed(what, e);
    }
  }

  private SandboxException failed(String what, RuntimeException e) {
    return new SandboxException(
        ErrorCode.UNAVAILABLE, "%s could not %s: %s".formatted(name(), what, reason(e)), e);
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).strip();
  }

  private static void close(DockerClient client) {
    try {
      client.close();
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.UNAVAILABLE, "cannot close the engine's connection", e);
    }
  }

  @Override
  public void close() {
    close(client);
  }
}
