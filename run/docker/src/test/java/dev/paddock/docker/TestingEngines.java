package dev.paddock.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import dev.paddock.sandbox.spi.SandboxFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The container engine of the machine, with an image made of this machine's programs: nothing is
 * fetched. {@code DOCKER_HOST} chooses another one.
 */
final class TestingEngines {
  static final String IMAGE = "paddock-test:1";

  private static final Optional<Path> SOCKET =
      EngineSocket.find(Optional.empty(), System.getenv()).filter(Files::exists);

  private TestingEngines() {}

  static Path assumeEngine() {
    assumeTrue(SOCKET.isPresent(), "needs Docker or Podman: no socket was found");
    assumeTrue(Files.isWritable(SOCKET.get()), "needs the right to use " + SOCKET.get());
    Image.load(SOCKET.get());
    return SOCKET.get();
  }

  static DockerSandboxProvider provider(Path base) {
    return provider(base, Measure.ALL);
  }

  static DockerSandboxProvider provider(Path base, Set<Measure> measures) {
    assumeEngine();
    return new DockerSandboxProvider(setup(base, IMAGE), measures);
  }

  static SandboxFactory.Setup setup(Path base, String image) {
    return new SandboxFactory.Setup(
        base,
        Map.of("image", image, "host", "unix://" + SOCKET.orElseThrow()),
        Map.of(),
        System.out::println);
  }

  /** Once a process: the image is made anew, in case the programs have changed. */
  private static final class Image {
    static {
      try {
        make(SOCKET.orElseThrow());
      } catch (IOException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private Image() {}

    static void load(Path socket) {
      if (!Files.exists(socket)) {
        throw new IllegalStateException("the engine at " + socket + " has gone");
      }
    }

    private static void make(Path socket) throws IOException {
      var config =
          DefaultDockerClientConfig.createDefaultConfigBuilder()
              .withDockerHost("unix://" + socket)
              .withDockerTlsVerify(false)
              .build();
      var http = new ApacheDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build();
      try (var client = DockerClientImpl.getInstance(config, http);
          InputStream archive = TestingImage.archive(IMAGE)) {
        client.loadImageCmd(archive).exec();
      }
    }
  }
}
