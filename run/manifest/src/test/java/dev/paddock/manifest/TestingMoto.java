package dev.paddock.manifest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An S3-compatible server, moto of PyPI, as a process of its own. */
public final class TestingMoto implements AutoCloseable {
  private static final Path PACKAGES = packages();

  private final Process process;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  private static Path packages() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("checks/conformance")) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder.resolve("checks/conformance/python");
  }

  /** Why there is none. */
  public static Optional<String> missing() {
    return Files.isDirectory(PACKAGES.resolve("moto"))
        ? Optional.empty()
        : Optional.of(
            "moto is not installed; fix: pip3 install --target %s -r %s"
                .formatted(PACKAGES, PACKAGES.resolveSibling("requirements.txt")));
  }

  public TestingMoto() throws IOException, InterruptedException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                "python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("PYTHONPATH", PACKAGES.toString());
    process = builder.start();
    for (int attempt = 0; attempt < 300 && !answers(); attempt++) {
      if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
        throw new IOException("moto ended with " + process.exitValue());
      }
    }
  }

  private boolean answers() throws InterruptedException {
    try {
      return send("GET", "/", new byte[0]) == 200;
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  public void bucket(String name) throws IOException, InterruptedException {
    require(send("PUT", "/" + name, new byte[0]));
  }

  public void put(String bucket, String key, byte[] content)
      throws IOException, InterruptedException {
    String path = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    require(send("PUT", "/" + bucket + "/" + path, content));
  }

  private static void require(int status) throws IOException {
    if (status != 200) {
      throw new IOException("moto answered " + status);
    }
  }

  private int send(String method, String path, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Override
  public void close() {
    http.close();
    process.destroyForcibly();
  }
}
