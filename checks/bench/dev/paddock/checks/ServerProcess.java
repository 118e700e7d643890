package dev.paddock.checks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code ./paddock serve} as its users start it, with a home of its own. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final String url;

  ServerProcess(Path root, Path home, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(root.resolve("paddock").toString(), "serve", "--port", "0")
            .redirectError(Files.createTempFile(home, "serve", ".log").toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PADDOCK_HOME", home.toString());
    builder.environment().put("PADDOCK_API_KEY", ServerUnderTest.KEY);
    process = builder.start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the server did not start; its log is in " + home);
    }
    url = line.substring(line.indexOf("http"));
  }

  String url() {
    return url;
  }

  /** Memory that the process has in RAM, after a collection of garbage. */
  double residentMiB() throws IOException, InterruptedException {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(process.pid()),
            "GC.run")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .sum();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
